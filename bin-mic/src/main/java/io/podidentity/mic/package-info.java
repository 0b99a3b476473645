/** MIC: watches the cluster and keeps the identities on its virtual machines and scale sets. */
@NullMarked
package io.podidentity.mic;

import org.jspecify.annotations.NullMarked;
