/** What whoever reports to a {@link io.podidentity.api.spi.Telemetry} needs. */
@NullMarked
package io.podidentity.api.telemetry;

import org.jspecify.annotations.NullMarked;
