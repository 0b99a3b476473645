package io.podidentity.testkit;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.testkit.contract.TokenSourceContract;
import java.time.Clock;
import java.time.Instant;

class InMemoryTokensTest extends TokenSourceContract {
  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryTokens tokens = new InMemoryTokens(clock);

  @Override
  protected TokenSource source() {
    return tokens;
  }

  @Override
  protected Clock clock() {
    return clock;
  }

  @Override
  protected AzureIdentity known() {
    AzureIdentity identity = identity("known");
    tokens.know(identity.name());
    return identity;
  }

  @Override
  protected AzureIdentity unknown() {
    return identity("unknown");
  }

  @Override
  protected void throttle(boolean now) {
    tokens.available(!now);
  }

  private static AzureIdentity identity(String name) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        "uid-of-" + name,
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of("sub", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", name),
            new ClientId("client-id-of-" + name)));
  }
}
