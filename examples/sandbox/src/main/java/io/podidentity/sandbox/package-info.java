/**
 * The whole product on one machine: a simulated Azure, a Kubernetes API, MIC and NMI, and pods that
 * are addresses of the loopback interface.
 */
@NullMarked
package io.podidentity.sandbox;

import org.jspecify.annotations.NullMarked;
