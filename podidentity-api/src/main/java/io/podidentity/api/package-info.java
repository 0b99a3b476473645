/**
 * Pod identities: which Azure identity a Kubernetes pod may use, and how it gets a token for it.
 *
 * <p>The packages an embedder calls are {@code token} (answer a pod's token request) and {@code
 * assignment} (keep virtual machines and scale sets in step with the cluster); the one it
 * implements is {@code spi}. Everything here is pure: no I/O, no logger, no clock of its own.
 */
@NullMarked
package io.podidentity.api;

import org.jspecify.annotations.NullMarked;
