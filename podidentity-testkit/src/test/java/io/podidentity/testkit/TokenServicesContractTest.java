package io.podidentity.testkit;

import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.TokenServices;

/** It passes on to the service of each identity. */
class TokenServicesContractTest extends InMemoryTokensTest {
  @Override
  protected TokenSource source() {
    return new TokenServices(
        super.source(),
        query -> {
          throw new AssertionError("no service principal asks");
        });
  }
}
