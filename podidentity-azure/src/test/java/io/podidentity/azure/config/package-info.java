@NullMarked
package io.podidentity.azure.config;

import org.jspecify.annotations.NullMarked;
