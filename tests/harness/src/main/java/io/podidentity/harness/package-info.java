/** What every part of the test harness needs: its exception, bounded waits, and tidying at exit. */
@NullMarked
package io.podidentity.harness;

import org.jspecify.annotations.NullMarked;
