/**
 * The broker with its threads, and a table of workloads, for programs that want no more than that.
 * Whoever has executors, a timer or directories of their own builds a {@link
 * io.podidentity.api.token.TokenBroker} of parts instead.
 */
@NullMarked
package io.podidentity.api.embed;

import org.jspecify.annotations.NullMarked;
