package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Answers that a real API server gives at times that a test cannot choose, from a scripted one. */
final class WatchFailuresTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PATH = "/apis/aadpodidentity.k8s.io/v1/azurepodidentityexceptions";

  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private KubernetesClient client;
  private PodExemptionInformer exemptions;

  @BeforeEach
  void start() {
    Chatter.silence();
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    client = KubernetesClients.create(config, "test", Duration.ofSeconds(15));
    exemptions = new PodExemptionInformer(client);
    logged.start();
    logger().addAppender(logged);
  }

  @AfterEach
  void end() {
    logger().detachAppender(logged);
    exemptions.close();
    client.close();
    server.destroy();
  }

  @Test
  void missingDefinitionIsReportedInOneLineAndFoundWhenItIsApplied() {
    // https://kubernetes.io/docs/reference/using-api/api-concepts/ : a path that nothing serves
    server.expect().get().withPath(list("0")).andReturn(404, "404 page not found\n").times(2);
    expectList("0", "5", "a");
    expectQuietWatch("5");

    TestCluster.begin(exemptions);

    assertThat(exemptions.hasSynced()).isFalse();
    exemptions.awaitSynced(SOON);
    assertThat(lines())
        .containsExactly(
            "cannot follow objects, trying on:"
                + " kind=azurepodidentityexceptions.aadpodidentity.k8s.io problem=the API server"
                + " does not know it; run kubectl apply -f deploy/crds");
    assertNames("a");
  }

  @Test
  void refusalThatPassesIsThatOfAServerThatHasJustStartedAndNoLine() {
    server
        .expect()
        .get()
        .withPath(list("0"))
        .andReturn(403, status(403, "Forbidden", "azurepodidentityexceptions is forbidden"))
        .once();
    expectList("0", "5", "a");
    expectQuietWatch("5");

    TestCluster.follow(exemptions);
    assertThat(lines()).isEmpty();
    assertNames("a");
  }

  @Test
  void refusalThatLastsIsAMissingPermissionAndOneLine() {
    AtomicLong time = new AtomicLong();
    WatchFailures failures = new WatchFailures("pods", time::get);
    KubernetesClientException refusal = new KubernetesClientException("no", 403, null);

    for (int second : List.of(0, 1, 3, 4)) {
      time.set(Duration.ofSeconds(second).toNanos());
      failures.report(new CompletionException(refusal));
    }
    assertThat(lines()).isEmpty();

    for (int second : List.of(5, 10, 40)) {
      time.set(Duration.ofSeconds(second).toNanos());
      failures.report(refusal);
    }
    assertThat(lines())
        .containsExactly(
            "cannot follow objects, trying on: kind=pods problem=list and watch are not permitted;"
                + " run kubectl apply -f deploy/rbac");
  }

  @Test
  void serverThatIsStillStartingIsAskedAgain() {
    server
        .expect()
        .get()
        .withPath(list("0"))
        .andReturn(503, status(503, "ServiceUnavailable", "apiserver not ready"))
        .times(7);
    server
        .expect()
        .get()
        .withPath(list("0"))
        .andReturn(429, status(429, "TooManyRequests", "storage is (re)initializing"))
        .once();
    expectList("0", "5", "a");
    expectQuietWatch("5");

    TestCluster.follow(exemptions);
    assertNames("a");
  }

  @Test
  void expiredWatchIsFollowedByANewListThatDropsWhatIsGone() {
    expectList("0", "5", "gone", "kept");
    server
        .expect()
        .get()
        .withPath(watch("5"))
        .andUpgradeToWebSocket()
        .open()
        .waitFor(10)
        .andEmit(
            "{\"type\": \"ERROR\", \"object\": "
                + status(410, "Expired", "too old resource version: 5 (9)")
                + "}")
        .done()
        .once();
    // Not from the cache this time, whose news may be as old.
    server.expect().get().withPath(PATH).andReturn(200, listOf("9", "kept", "new")).once();
    expectQuietWatch("9");

    TestCluster.follow(exemptions);
    Await.asserted(SOON, () -> assertNames("kept", "new"));
    assertThat(lines()).as("it happens every few minutes").isEmpty();
  }

  @Test
  void oneOutageIsOneLineHoweverLongAndTheNextOneIsAnother() {
    AtomicLong time = new AtomicLong();
    WatchFailures failures = new WatchFailures("pods", time::get);

    for (int second = 0; second < 3600; second += 30) {
      time.set(Duration.ofSeconds(second).toNanos());
      failures.report(new IOException("Connection refused"));
    }
    assertThat(lines())
        .containsExactly(
            "cannot follow objects, trying on: kind=pods problem=java.io.IOException: Connection"
                + " refused");

    time.addAndGet(Duration.ofMinutes(5).toNanos());
    failures.report(new IOException("Connection refused"));
    assertThat(lines()).hasSize(2);
  }

  @Test
  void waitingForTheFirstListEndsWithTheTimeGiven() {
    server.expect().get().withPath(list("0")).andReturn(404, "404 page not found\n").always();
    TestCluster.begin(exemptions);

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> exemptions.awaitSynced(Duration.ofMillis(50)))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
  }

  @Test
  void waitingForTheFirstListEndsWhenItIsClosed() {
    server.expect().get().withPath(list("0")).andReturn(404, "404 page not found\n").always();
    TestCluster.begin(exemptions);

    exemptions.close();

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> exemptions.awaitSynced(SOON))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));
  }

  private void assertNames(String... names) {
    assertThat(exemptions.inNamespace("default"))
        .extracting(exemption -> exemption.name().name())
        .containsExactlyInAnyOrder(names);
  }

  private List<String> lines() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void expectList(String from, String version, String... names) {
    server.expect().get().withPath(list(from)).andReturn(200, listOf(version, names)).once();
  }

  private void expectQuietWatch(String version) {
    server.expect().get().withPath(watch(version)).andUpgradeToWebSocket().open().done().always();
  }

  private static String list(String version) {
    return PATH + "?resourceVersion=" + version;
  }

  private static String watch(String version) {
    return PATH
        + "?allowWatchBookmarks=true&resourceVersion="
        + version
        + "&timeoutSeconds=600&watch=true";
  }

  private static String listOf(String version, String... names) {
    StringBuilder items = new StringBuilder();
    for (String name : names) {
      items
          .append(items.isEmpty() ? "" : ",")
          .append(
              """
              {"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzurePodIdentityException",
               "metadata": {"namespace": "default", "name": "%s", "resourceVersion": "1"},
               "spec": {"podLabels": {"app": "a"}}}
              """
                  .formatted(name));
    }
    return """
    {"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzurePodIdentityExceptionList",
     "metadata": {"resourceVersion": "%s"}, "items": [%s]}
    """
        .formatted(version, items);
  }

  private static String status(int code, String reason, String message) {
    return """
    {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
     "message": "%s", "reason": "%s", "code": %d}
    """
        .formatted(message, reason, code);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(WatchFailures.class);
  }
}
