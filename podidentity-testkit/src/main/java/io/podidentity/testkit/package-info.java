/**
 * What tests of this project, and of programs that embed it, need: a clock that moves by hand and
 * servers that simulate Azure.
 */
@NullMarked
package io.podidentity.testkit;

import org.jspecify.annotations.NullMarked;
