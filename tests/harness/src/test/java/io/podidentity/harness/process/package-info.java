@NullMarked
package io.podidentity.harness.process;

import org.jspecify.annotations.NullMarked;
