#!/usr/bin/env bash
# Renders the manifests from the chart: deploy/infra, under the names of AAD Pod Identity v1's, and deploy/crds. A test
# compares. It needs the helm of tests/helm/build.sh, or the one that HELM names.
#   deploy/render.sh [FOLDER]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
chart=$root/charts/aad-pod-identity
out=${1:-$root/deploy}
helm=${HELM:-$("$root/tests/helm/build.sh")/helm}

render() { # file, namespace, options
  local file=$out/$1 namespace=$2
  shift 2
  mkdir -p "$(dirname "$file")"
  {
    echo '# Rendered from charts/aad-pod-identity by deploy/render.sh: change that. No images are published; before this is'
    echo '# applied, put your registry and folder in place of REPOSITORY.'
    "$helm" template aad-pod-identity "$chart" --namespace "$namespace" \
      --set naming=manifests --set image.repository=REPOSITORY --set mic.drain.enabled=false \
      "$@" | sed '/^# Source: /d'
  } >"$file"
}

# Service principals need deploy/rbac/nmi-secrets.yaml besides.
workloads=(--include-crds --set installMICException=false --set rbac.allowAccessToSecrets=false)
secret=(--set adminSecretName=aadpodidentity-admin-secret)
render infra/deployment-rbac.yaml default "${workloads[@]}"
render infra/deployment.yaml default "${workloads[@]}" --set rbac.enabled=false
render infra/managed-mode-deployment.yaml kube-system "${workloads[@]}" --set operationMode=managed
render infra/noazurejson/deployment-rbac.yaml default "${workloads[@]}" "${secret[@]}"
render infra/noazurejson/deployment.yaml default "${workloads[@]}" "${secret[@]}" --set rbac.enabled=false
render infra/mic-exception.yaml default --show-only templates/exceptions.yaml
render infra/validation.yaml default --set validation.enabled=true --show-only templates/validation.yaml

mkdir -p "$out/crds"
cp "$chart"/crds/*.yaml "$out/crds/"
