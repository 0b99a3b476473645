@NullMarked
package io.podidentity.harness.clients;

import org.jspecify.annotations.NullMarked;
