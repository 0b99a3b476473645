/** A real Kubernetes API server for tests, and the parts of a cluster that it lacks. */
@NullMarked
package io.podidentity.harness.kube;

import org.jspecify.annotations.NullMarked;
