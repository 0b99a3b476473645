/**
 * Answering a pod's token request: {@link io.podidentity.api.token.TokenBroker} is what embedders
 * call.
 */
@NullMarked
package io.podidentity.api.token;

import org.jspecify.annotations.NullMarked;
