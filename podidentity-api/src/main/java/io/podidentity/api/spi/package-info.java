/**
 * The ports: what the use cases need from the outside. Each is implemented by an adapter module, by
 * the test kit's in-memory version, or by an embedder.
 */
@NullMarked
package io.podidentity.api.spi;

import org.jspecify.annotations.NullMarked;
