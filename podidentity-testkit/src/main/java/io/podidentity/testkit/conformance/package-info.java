/**
 * Asks a token endpoint what an SDK asks the instance metadata service, and says what it does
 * otherwise. It is pointed at ours, at v1's, at a vendor's, or at Azure itself; see {@link
 * io.podidentity.testkit.conformance.ConformanceMain}.
 */
@NullMarked
package io.podidentity.testkit.conformance;

import org.jspecify.annotations.NullMarked;
