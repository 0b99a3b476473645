/** Commands and long-running processes, and what they wrote. */
@NullMarked
package io.podidentity.harness.process;

import org.jspecify.annotations.NullMarked;
