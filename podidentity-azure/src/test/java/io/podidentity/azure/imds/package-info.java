@NullMarked
package io.podidentity.azure.imds;

import org.jspecify.annotations.NullMarked;
