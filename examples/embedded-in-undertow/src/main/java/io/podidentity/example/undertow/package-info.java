/** The broker inside a server that has other work too, with that server's own telemetry. */
@NullMarked
package io.podidentity.example.undertow;

import org.jspecify.annotations.NullMarked;
