@NullMarked
package io.podidentity.harness.net;

import org.jspecify.annotations.NullMarked;
