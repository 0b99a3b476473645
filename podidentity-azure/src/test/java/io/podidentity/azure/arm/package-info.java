@NullMarked
package io.podidentity.azure.arm;

import org.jspecify.annotations.NullMarked;
