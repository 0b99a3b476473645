@NullMarked
package io.podidentity.harness.parts;

import org.jspecify.annotations.NullMarked;
