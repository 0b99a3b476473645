@NullMarked
package io.podidentity.azure;

import org.jspecify.annotations.NullMarked;
