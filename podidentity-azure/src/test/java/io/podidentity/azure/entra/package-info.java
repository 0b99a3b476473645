@NullMarked
package io.podidentity.azure.entra;

import org.jspecify.annotations.NullMarked;
