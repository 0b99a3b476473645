/** Tests of the sandbox: the same story, on the embedded and on a real Kubernetes API. */
@NullMarked
package io.podidentity.sandbox;

import org.jspecify.annotations.NullMarked;
