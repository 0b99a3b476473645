/** The programs of Prometheus. */
@NullMarked
package io.podidentity.harness.prometheus;

import org.jspecify.annotations.NullMarked;
