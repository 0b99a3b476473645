@NullMarked
package io.podidentity.harness.kube;

import org.jspecify.annotations.NullMarked;
