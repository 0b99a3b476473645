/** HTTP listeners that stand what hostile clients do. */
@NullMarked
package io.podidentity.bin.http;

import org.jspecify.annotations.NullMarked;
