@NullMarked
package io.podidentity.azure.http;

import org.jspecify.annotations.NullMarked;
