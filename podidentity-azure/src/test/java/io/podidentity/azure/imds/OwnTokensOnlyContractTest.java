package io.podidentity.azure.imds;

import io.podidentity.api.spi.TokenSource;

/** It refuses more than what it asks, and serves like it. */
final class OwnTokensOnlyContractTest extends ImdsTokenSourceContractTest {
  @Override
  protected TokenSource source() {
    return new OwnTokensOnly(super.source());
  }
}
