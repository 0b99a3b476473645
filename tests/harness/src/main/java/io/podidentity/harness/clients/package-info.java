/** Clients of Azure that are not on the tests' class path. */
@NullMarked
package io.podidentity.harness.clients;

import org.jspecify.annotations.NullMarked;
