/**
 * The ports towards Kubernetes on the fabric8 client: what NMI knows of its node, what MIC knows of
 * the cluster, the records that MIC writes, its lease and its events.
 *
 * <p>Watches survive what a real API server does: a restart, throttling while it starts, an expired
 * watch, a lost connection. What was known stays until something newer is known.
 */
@NullMarked
package io.podidentity.k8s;

import org.jspecify.annotations.NullMarked;
