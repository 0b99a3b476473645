package io.podidentity.azure.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.CachingTokenSource;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.ManualTimer;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pod with a certificate asks for ever new resources, of a source as NMI puts it together. */
final class EntraFloodTest {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final String TENANT = FakeAzure.DEFAULT_TENANT;
  private static final String CLIENT_ID = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final NamespacedName SECRET = new NamespacedName("default", "app");
  private static final NamespacedName FLOOD = new NamespacedName("default", "flood");
  private static final NamespacedName OTHER = new NamespacedName("default", "other");
  private static final Clock CLOCK = Clock.systemUTC();

  private final FakeEntra entra =
      FakeEntra.start(
          new FakeAzure(CLOCK),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of()));
  private final InMemorySecrets secrets = new InMemorySecrets();
  private final AtomicInteger reads = new AtomicInteger();
  private @Nullable PodIdentityException unreadable;
  private final HttpClient http = HttpClients.cloud(CERTIFICATES.clientContext()).build();
  // No second passes, but those that a test lets pass.
  private final ManualTimer timer = new ManualTimer();
  private final CachingTokenSource cache =
      new CachingTokenSource(
          new FetchQueue(
              new EntraTokenSource(
                  new AuthorityEndpoints(entra.uri(), Set.of()),
                  this::read,
                  new SecretScope(false, false),
                  () -> http,
                  "test",
                  Duration.ofSeconds(20),
                  CLOCK),
              Runnable::run,
              timer,
              CLOCK,
              Map.of(TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA),
              Telemetry.NOOP),
          CLOCK,
          timer,
          CacheBounds.of(1000),
          Telemetry.NOOP);

  private Optional<SecretData> read(NamespacedName secret) {
    reads.incrementAndGet();
    if (unreadable != null) {
      throw unreadable;
    }
    return secrets.read(secret);
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Test
  void aTokenTakesOneReadOfItsSecret() throws IOException {
    register();

    assertThat(ask(FLOOD, "api://1")).isCompleted();

    assertThat(reads).hasValue(1);
  }

  @Test
  void aCertificateThatCannotBeUsedIsReadOnce() throws IOException {
    putCertificate("wrong");

    assertThat(flood()).allSatisfy(token -> assertRefused(token, ErrorReason.IDENTITY_INVALID));

    assertThat(reads).hasValue(1);
    assertThat(entra.requests().all()).isEmpty();
  }

  @Test
  void aSecretThatCannotBeReadIsAskedForOnce() {
    unreadable = new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "not permitted");

    assertThat(flood()).allSatisfy(token -> assertRefused(token, ErrorReason.CLUSTER_UNAVAILABLE));

    assertThat(reads).hasValue(1);
  }

  @Test
  void withAUsableOneNoMoreThanTwentyASecondAreMadeAndAnotherPodHasOneAtOnce() throws IOException {
    register();

    List<CompletableFuture<List<AccessToken>>> tokens = flood();
    CompletableFuture<List<AccessToken>> others = ask(OTHER, "https://vault.azure.net");

    // Two of twenty are for who had none in the last second.
    assertThat(others).isCompleted();
    assertThat(reads).hasValue(18 + 1);
    assertThat(entra.requests().all()).hasSize(18 + 1);
    assertThat(tokens).filteredOn(CompletableFuture::isDone).hasSize(200 - 32);
    timer.advance(Duration.ofMillis(1010));
    assertThat(reads).hasValue(18 + 1 + 18);
  }

  private List<CompletableFuture<List<AccessToken>>> flood() {
    return IntStream.range(0, 200).mapToObj(number -> ask(FLOOD, "api://" + number)).toList();
  }

  private static void assertRefused(CompletableFuture<List<AccessToken>> token, ErrorReason why) {
    assertThat(token)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            PodIdentityException.class, e -> assertThat(e.reason()).isEqualTo(why));
  }

  private void register() throws IOException {
    entra.register(
        EntraApplication.withCertificate(TENANT, CLIENT_ID, Pkcs12Test.certificate("leaf.pem")));
    putCertificate("p4ss");
  }

  private void putCertificate(String password) throws IOException {
    secrets.put(
        SECRET,
        Map.of(
            "certificate", Pkcs12Test.bytes("modern.p12"), "password", password.getBytes(UTF_8)));
  }

  private CompletableFuture<List<AccessToken>> ask(NamespacedName pod, String resource) {
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "app"),
            "uid",
            1,
            false,
            new Credential.ClientCertificate(
                new Credential.ServicePrincipal(
                    TENANT, new ClientId(CLIENT_ID), SECRET, List.of(), null)));
    return cache.fetch(new TokenQuery(new TokenQuery.Bound(identity), resource), pod);
  }
}
