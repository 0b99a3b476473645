/** Tokens from the instance metadata service (IMDS) of the node. */
@NullMarked
package io.podidentity.azure.imds;

import org.jspecify.annotations.NullMarked;
