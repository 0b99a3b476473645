package io.podidentity.testkit.azure;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A write that Resource Manager is about to accept. Immutable.
 *
 * @param ifMatch the ETag that the caller insists on, or null
 * @param duration until it ends by itself
 * @param failure asked once, when the write is accepted, for what it ends in; null means success
 * @param change applied to the identities at its end
 */
record ComputeWrite(
    @Nullable String ifMatch,
    Duration duration,
    Supplier<@Nullable ArmError> failure,
    UnaryOperator<IdentityBlock> change) {}
