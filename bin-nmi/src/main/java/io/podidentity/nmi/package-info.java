/**
 * NMI, the node's metadata service: pods' requests to the instance metadata service come here, and
 * those for a token are answered for the one identity that the pod may have.
 */
@NullMarked
package io.podidentity.nmi;

import org.jspecify.annotations.NullMarked;
