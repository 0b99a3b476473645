/**
 * Metrics, and their text form for Prometheus. Own code, because Prometheus' client library cannot
 * write the names of AAD Pod Identity v1; see docs/adr/0010.
 */
@NullMarked
package io.podidentity.bin.metrics;

import org.jspecify.annotations.NullMarked;
