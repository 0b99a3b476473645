//go:build tools

// Package tools names the command that build.sh builds, so that go.mod and go.sum pin all that it needs.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
