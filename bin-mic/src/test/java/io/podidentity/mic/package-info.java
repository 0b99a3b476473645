/** Tests of MIC's command line; what it does is shown end to end, in {@code tests/e2e}. */
@NullMarked
package io.podidentity.mic;

import org.jspecify.annotations.NullMarked;
