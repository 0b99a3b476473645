/** A token source of one's own: an issuer's tokens, exchanged at Entra ID. */
@NullMarked
package io.podidentity.example.vendor;

import org.jspecify.annotations.NullMarked;
