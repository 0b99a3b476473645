package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.azure.imds.OwnTokensOnly;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * An hour of pods, namespaces, identities and tenants that come and go, in seconds, over HTTP: a
 * whole NMI, its metrics too, keeps nothing of those that went.
 */
class NmiChurnTest {
  private static final int SECONDS = 3600;
  private static final int PODS_A_SECOND = 3;
  private static final int PODS_THAT_LIVE = 50;
  private static final long MIB = 1 << 20;

  /** The noise of the JVM's own, such as compiled code's data. */
  private static final long TOLERANCE = 2 * MIB;

  private final Logger requests = (Logger) LoggerFactory.getLogger("io.podidentity.nmi.requests");
  private final TestNmi nmi = new TestNmi();

  @AfterEach
  void close() throws IOException {
    requests.setLevel(null);
    nmi.close();
  }

  @Test
  void memoryIsFlatOverAnHour() throws IOException {
    requests.setLevel(Level.WARN);
    nmi.severalTokens(new OwnTokensOnly(query -> List.of(token(query)))::fetch);
    List<Long> used = new ArrayList<>();
    int pod = 0;
    for (int second = 1; second <= SECONDS; second++) {
      nmi.timer.advance(Duration.ofSeconds(1));
      for (int i = 0; i < PODS_A_SECOND; i++) {
        come(pod);
        go(pod - PODS_THAT_LIVE);
        pod++;
      }
      if (second % 60 == 0) {
        askAsNobody(second);
      }
      if (second % 600 == 0) {
        used.add(HeldRequestsCostTest.usedMemory());
      }
    }

    // The cache is full by the first figure, and so are the metrics.
    assertThat(used.get(used.size() - 1)).as("bytes: %s", used).isLessThan(used.get(0) + TOLERANCE);
  }

  private void come(int i) throws IOException {
    Pod pod =
        new Pod(
            podName(i),
            "uid-" + i,
            "n1",
            Map.of(IdentityBinding.POD_LABEL, "selector"),
            Set.of(TestNmi.inet(address(i))),
            PodPhase.RUNNING,
            false,
            false);
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName(pod.name().namespace(), "identity" + i),
            "uid-of-identity-" + i,
            1,
            false,
            credential(i));
    nmi.cluster.putPod(pod);
    nmi.cluster.putRecord(
        new AssignedIdentity(
            recordName(i),
            "uid-of-record-" + i,
            "1",
            pod.name(),
            pod.uid(),
            "n1",
            identity,
            new IdentityBinding(
                new NamespacedName(pod.name().namespace(), "binding" + i),
                identity.name().name(),
                "selector"),
            AssignmentState.ASSIGNED,
            false));
    try (RawHttp connection = connect(address(i))) {
      assertThat(connection.get(TOKEN, METADATA).read().status()).isEqualTo(200);
    }
    // The test's own memory.
    nmi.fetched.clear();
    nmi.accessLog.clear();
  }

  private void go(int i) {
    if (i >= 0) {
      nmi.cluster.deletePod(podName(i));
      nmi.cluster.deleteRecord(recordName(i));
    }
  }

  /** Is looked for, and not found. */
  private void askAsNobody(int i) throws IOException {
    int alarms = nmi.timer.pending();
    try (RawHttp connection = connect("127.99.%d.%d".formatted(i / 250, i % 250))) {
      connection.get(TOKEN, METADATA);
      // As TestNmi#awaitSearching.
      Eventually.isTrue("it is looked for", () -> nmi.timer.pending() == alarms + 3);
      nmi.timer.advance(TestNmi.HOLDS.untilPodIsKnown());
      assertThat(connection.read().status()).isEqualTo(500);
    }
  }

  private RawHttp connect(String address) throws IOException {
    return RawHttp.connect(address, new InetSocketAddress(TestNmi.inet("127.0.0.1"), nmi.port()));
  }

  private static NamespacedName podName(int i) {
    return new NamespacedName("namespace" + i, "pod" + i);
  }

  private static NamespacedName recordName(int i) {
    return new NamespacedName("default", "record" + i);
  }

  private static String address(int i) {
    return "127.%d.%d.%d".formatted(32 + (i >> 16), (i >> 8) & 255, i & 255);
  }

  /** Every other one is a service principal of a tenant of its own. */
  private static Credential credential(int i) {
    String name = "identity" + i;
    return i % 2 == 0
        ? new Credential.ManagedIdentity(TestNmi.resourceId(name), TestNmi.clientId(name))
        : new Credential.ClientSecret(
            new Credential.ServicePrincipal(
                "tenant" + i,
                TestNmi.clientId(name),
                new NamespacedName("namespace" + i, "secret"),
                List.of(),
                null));
  }

  /** One that tells whose it is, as those of the metadata service do. */
  private static AccessToken token(TokenQuery query) {
    AzureIdentity identity = ((TokenQuery.Bound) query.subject()).identity();
    String owner =
        identity.credential() instanceof Credential.ManagedIdentity managed
            ? managed.resourceId().value()
            : "none";
    String claims = "{\"xms_mirid\":\"" + owner + "\"}";
    return TestNmi.token(
        "e30."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
            + ".c",
        query);
  }
}
