/**
 * What tests of this project, and of programs that embed it, need: the ports in memory, a clock and
 * a timer that move by hand, and a cluster for each seed.
 */
@NullMarked
package io.podidentity.testkit;

import org.jspecify.annotations.NullMarked;
