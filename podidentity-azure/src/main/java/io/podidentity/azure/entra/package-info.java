/** Tokens for service principals from Entra ID. */
@NullMarked
package io.podidentity.azure.entra;

import org.jspecify.annotations.NullMarked;
