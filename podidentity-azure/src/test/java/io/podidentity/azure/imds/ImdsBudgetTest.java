package io.podidentity.azure.imds;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.ImdsLimits;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.http.RecordedRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches the metadata service, as NMI puts the parts together: never more than it serves. */
final class ImdsBudgetTest {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITIES =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/";

  private final Clock clock = Clock.systemUTC();
  private final FakeAzure azure = new FakeAzure(clock);
  private final FakeImds imds = start();
  private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private FakeImds start() {
    azure.createCompute(MACHINE);
    return FakeImds.startFor(azure, MACHINE);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    alarms.shutdownNow();
    imds.close();
  }

  /** Of each identity the first token, and none tells whose it is: two calls for each. */
  @Test
  void tokensThatTakeTwoCallsAreNotRefusedForAskingTooOften() {
    imds.limits(ImdsLimits.DOCUMENTED);
    FetchQueue queue =
        new FetchQueue(
            new OwnTokensOnly(new Opaque()),
            threads,
            timer(),
            clock,
            Map.of(TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA),
            Telemetry.NOOP);
    List<CompletableFuture<List<AccessToken>>> tokens = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      tokens.add(queue.fetch(query("id" + i), new NamespacedName("shop", "pod" + i)));
    }

    assertThat(CompletableFuture.allOf(tokens.toArray(CompletableFuture[]::new)))
        .succeedsWithin(Duration.ofSeconds(20));

    List<RecordedRequest> asked = imds.requests().all();
    assertThat(asked).hasSize(50);
    for (int i = 20; i < asked.size(); i++) {
      assertThat(Duration.between(asked.get(i - 20).at(), asked.get(i).at()))
          .as("the time of 21 calls")
          .isGreaterThan(Duration.ofSeconds(1));
    }
  }

  private Timer timer() {
    return (delay, task) -> {
      Future<?> alarm = alarms.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> alarm.cancel(false);
    };
  }

  private TokenQuery query(String name) {
    UserAssignedIdentity identity = azure.createIdentity(IDENTITIES + name);
    azure.attach(MACHINE, identity);
    return new TokenQuery(
        new TokenQuery.Bound(
            new AzureIdentity(
                new NamespacedName("shop", name),
                "uid of " + name,
                1,
                false,
                new Credential.ManagedIdentity(
                    new ResourceId(identity.id().text()), new ClientId(identity.clientId())))),
        "https://vault.azure.net");
  }

  /** The service's tokens, encrypted for their resource. */
  private final class Opaque implements TokenSource {
    private final ImdsTokenSource source =
        new ImdsTokenSource(imds.uri(), Duration.ofSeconds(10), "test", clock);

    @Override
    public List<AccessToken> fetch(TokenQuery query) {
      return source.fetch(query).stream()
          .map(
              token ->
                  new AccessToken("opaque", token.expiresOn(), token.notBefore(), token.resource()))
          .toList();
    }
  }
}
