/** Measures NMI: see the scripts in {@code tests/benchmarks}. */
@NullMarked
package io.podidentity.benchmarks;

import org.jspecify.annotations.NullMarked;
