/** The smallest program that embeds the token broker. */
@NullMarked
package io.podidentity.example.broker;

import org.jspecify.annotations.NullMarked;
