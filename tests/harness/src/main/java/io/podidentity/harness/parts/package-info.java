/**
 * The parts of a machine that some tests need: found, recorded, and demanded where they must exist.
 */
@NullMarked
package io.podidentity.harness.parts;

import org.jspecify.annotations.NullMarked;
