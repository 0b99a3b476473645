/** The vocabulary: immutable values that check themselves when they are made. */
@NullMarked
package io.podidentity.api.model;

import org.jspecify.annotations.NullMarked;
