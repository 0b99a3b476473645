package io.podidentity.azure.imds;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.contract.TokenSourceContract;
import io.podidentity.testkit.http.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;

class ImdsTokenSourceContractTest extends TokenSourceContract {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITY =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/id1";

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private final UserAssignedIdentity identity = azure.createIdentity(IDENTITY);
  private final FakeImds imds = start();
  private final ImdsTokenSource source =
      new ImdsTokenSource(imds.uri(), Duration.ofSeconds(10), "test-agent", clock);

  private FakeImds start() {
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, identity);
    return FakeImds.startFor(azure, MACHINE);
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Override
  protected TokenSource source() {
    return source;
  }

  @Override
  protected Clock clock() {
    return clock;
  }

  @Override
  protected AzureIdentity known() {
    return object("known", identity.clientId());
  }

  /** Not in the time in which it might still be assigned. */
  @Override
  protected AzureIdentity unknown() {
    AzureIdentity unknown = object("unknown", "00000000-0000-4000-8000-000000000000");
    assertThatThrownBy(() -> source.fetch(new TokenQuery(new TokenQuery.Bound(unknown), "r")))
        .hasMessageContaining("not yet");
    clock.advance(Duration.ofMinutes(5));
    return unknown;
  }

  @Override
  protected void throttle(boolean now) {
    imds.faults().clear();
    if (now) {
      imds.faults().always(Fault.status(429));
    }
  }

  private static AzureIdentity object(String name, String clientId) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        "uid",
        1,
        false,
        new Credential.ManagedIdentity(new ResourceId(IDENTITY), new ClientId(clientId)));
  }
}
