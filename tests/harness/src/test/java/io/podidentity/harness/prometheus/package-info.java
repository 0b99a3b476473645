/** Tests of the package of the same name. */
@NullMarked
package io.podidentity.harness.prometheus;

import org.jspecify.annotations.NullMarked;
