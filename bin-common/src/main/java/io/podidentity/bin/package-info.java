/**
 * What NMI and MIC share: Go-style flags and durations, logging, probes, a timer, a graceful end.
 */
@NullMarked
package io.podidentity.bin;

import org.jspecify.annotations.NullMarked;
