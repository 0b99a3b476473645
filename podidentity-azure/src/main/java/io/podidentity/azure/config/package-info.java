/** What a cluster is told about its cloud: {@code azure.json}, clouds, and whom to trust. */
@NullMarked
package io.podidentity.azure.config;

import org.jspecify.annotations.NullMarked;
