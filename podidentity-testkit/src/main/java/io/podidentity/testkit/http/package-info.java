/**
 * An HTTP(S) server for simulators: it records what it is asked, and misbehaves on request. Nothing
 * here knows Azure.
 */
@NullMarked
package io.podidentity.testkit.http;

import org.jspecify.annotations.NullMarked;
