package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.RESOURCE;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.model.TokenQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What requests over HTTP leave in the metrics. */
class NmiMetricsTest {
  private static final String POD = "127.0.0.2";
  private static final String NODE = "127.0.0.1";
  private static final String REQUESTS = "aadpodidentity_nmi_operations_duration_seconds";

  private TestNmi nmi = new TestNmi();

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  // The labels are those that v1's appHandler gives: the golden file has such a line.
  @Test
  void aTokenIsCountedUnderV1sLabelsAndSoIsItsFetch() throws IOException {
    bound();

    ask(POD, TOKEN);
    ask(POD, TOKEN);

    assertCounted(
        REQUESTS
            + "_count{namespace=\"default\",operation_type=\"/metadata/identity/oauth2/token\","
            + "resource=\"https://management.azure.com/\",status_code=\"200\"} 2",
        "aadpodidentity_imds_operations_duration_seconds_count"
            + "{operation_type=\"adal_token_msi_userassignedid\"} 1",
        "podidentity_token_cache_events_total{event=\"miss\"} 1",
        "podidentity_token_cache_events_total{event=\"hit\"} 1",
        "podidentity_token_cache_entries 1",
        "podidentity_token_fetch_wait_seconds_count{service=\"imds\"} 1",
        "podidentity_token_fetches_running{service=\"imds\"} 0");
    assertThat(text()).doesNotContain("imds_operations_errors_count");
  }

  @Test
  void aRefusalIsCountedByItsCauseAndUnderItsPodsNamespace() throws IOException {
    Pod pod = nmi.pod("web", POD, Map.of());

    ask(POD, TOKEN);
    nmi.from(NODE).get("/host/token/?" + RESOURCE, "podname: web", "podns: default").read();
    RawHttp unknown =
        nmi.from(NODE).get("/host/token/?" + RESOURCE, "podname: web", "podns: made-up");
    awaitWaiting("pod");
    nmi.timer.advance(Duration.ofMillis(1200));
    assertThat(unknown.read().status()).isEqualTo(404);

    assertThat(pod.name().namespace()).isEqualTo("default");
    assertCounted(
        request("default", "/metadata/identity/oauth2/token", "404") + " 1",
        request("default", "/host/token/", "404") + " 1",
        "podidentity_refusals_total{cause=\"pod-not-bound\"} 2");
    assertThat(text()).doesNotContain("made-up");
  }

  @Test
  void refusalsBeforeAnyLookUpAreCounted() throws IOException {
    nmi.from(POD).get(TOKEN).read();
    nmi.from(POD).get("/metadata/instance").read();
    nmi.from(POD).get("/metadata%5cidentity/oauth2/token", METADATA).read();
    nmi.from(POD).get("/metadata/identity/oauth2/token", METADATA).read();

    assertCounted(
        "podidentity_refusals_total{cause=\"metadata-header-missing\"} 2",
        "podidentity_refusals_total{cause=\"path-refused\"} 1",
        "podidentity_refusals_total{cause=\"invalid-request\"} 1",
        "podidentity_refusals_total{cause=\"internal-error\"} 0",
        REQUESTS
            + "_count{namespace=\"\",operation_type=\"/metadata/identity/oauth2/token\","
            + "resource=\"\",status_code=\"400\"} 2");
  }

  // v1 takes both from the request: a pod can fill Prometheus.
  @Test
  void aClientCannotMakeUpLabels() throws IOException {
    bound();
    int before = lines();
    for (int i = 0; i < 15; i++) {
      ask(POD, "/metadata/identity/oauth2/token/x" + i + "?resource=api://made-up-" + i);
      ask(POD, "/mEtadata/identity/oauth2/token?resource=api://made-up-" + i);
    }

    assertThat(text()).doesNotContain("made-up");
    assertCounted(
        REQUESTS
            + "_count{namespace=\"default\",operation_type=\"other\","
            + "resource=\"other\",status_code=\"200\"} 30");
    // One histogram of requests, and one of calls of IMDS.
    assertThat(lines() - before).isLessThanOrEqualTo(2 * 25);
  }

  /** As those that a node of many namespaces has, or a pod that asks in all the ways there are. */
  @Test
  void whatFailsIsSeenHoweverManySeriesThereAre() throws IOException {
    bound();
    for (int i = 0; i < 600; i++) {
      nmi.metrics.answered("other", "n" + i, "other", 200, Duration.ZERO);
    }
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "away"));

    ask(POD, TOKEN);

    assertCounted(
        REQUESTS
            + "_count{namespace=\"other\",operation_type=\"/metadata/identity/oauth2/token\","
            + "resource=\"other\",status_code=\"503\"} 1");
  }

  @Test
  void failedFetchesAreCountedByTheirReason() throws IOException {
    bound();
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_THROTTLED, "not so fast"));

    ask(POD, TOKEN);

    assertCounted(
        "aadpodidentity_imds_operations_errors_count"
            + "{operation_type=\"adal_token_msi_userassignedid\"} 1",
        "podidentity_token_fetch_failures_total{reason=\"token-throttled\",service=\"imds\"} 1",
        "podidentity_refusals_total{cause=\"token-throttled\"} 1");
  }

  @Test
  void waitingRequestsAreSeenWhileTheyWaitAndAfterwards() throws IOException {
    Pod pod = nmi.pod("web", POD);
    RawHttp waiting = nmi.from(POD).get(TOKEN, METADATA);
    awaitWaiting("identity");
    assertCounted("podidentity_requests_in_flight 1", "podidentity_connections 1");
    nmi.timer.advance(Duration.ofSeconds(15));

    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    waiting.read();

    assertCounted(
        "podidentity_requests_waiting{reason=\"identity\"} 0",
        "podidentity_request_wait_seconds_sum{reason=\"identity\"} 15",
        "podidentity_request_wait_seconds_bucket{reason=\"identity\",le=\"10\"} 0",
        "podidentity_request_wait_seconds_bucket{reason=\"identity\",le=\"20\"} 1",
        REQUESTS
            + "_sum{namespace=\"default\",operation_type=\"/metadata/identity/oauth2/token\","
            + "resource=\"https://management.azure.com/\",status_code=\"200\"} 15");
  }

  // v1 counts each look for a pod that fails.
  @Test
  void aPodThatIsNotKnownIsAnErrorOfTheKubernetesApiAsInV1() throws IOException {
    RawHttp waiting = nmi.from("127.0.0.9").get(TOKEN, METADATA);
    awaitWaiting("pod");
    nmi.timer.advance(Duration.ofMillis(1200));

    assertThat(waiting.read().status()).isEqualTo(500);
    assertCounted(
        "aadpodidentity_kubernetes_api_operations_errors_count{operation_type=\"get_pod_list\"} 1",
        REQUESTS
            + "_count{namespace=\"\",operation_type=\"/metadata/identity/oauth2/token\","
            + "resource=\"https://management.azure.com/\",status_code=\"500\"} 1",
        "podidentity_refusals_total{cause=\"pod-not-found\"} 1");
  }

  @Test
  void whatIsKnownOfTheClusterAndTheRulesIsSeen() {
    assertCounted(
        "podidentity_rules_in_place 1", "podidentity_informer_synced{resource=\"pods\"} 1");
    nmi.synced = false;

    assertCounted("podidentity_informer_synced{resource=\"pods\"} 0");
  }

  // v1: adal_token_msi is the node's own identity, adal_token a service principal.
  @Test
  void tokensOfTheNodeItselfAreKnownAsV1KnowsThem() throws IOException {
    Pod pod = nmi.pod("web", POD, Map.of("app", "x"));
    nmi.cluster.putExemption(
        new PodExemption(new NamespacedName("default", "e"), Map.of("app", "x")));

    ask(POD, TOKEN);

    assertThat(pod.labels()).containsEntry("app", "x");
    assertThat(nmi.fetched)
        .singleElement()
        .satisfies(query -> assertThat(query.subject()).isInstanceOf(TokenQuery.OfNode.class));
    assertCounted(
        "aadpodidentity_imds_operations_duration_seconds_count{operation_type=\"adal_token_msi\"} 1");
  }

  /** Names, labels and buckets are compared with v1's own exposition, line by line. */
  @Test
  void tokensOfServicePrincipalsAreCountedAsInV1() throws IOException {
    AzureIdentity principal =
        new AzureIdentity(
            new NamespacedName("default", "app"),
            "uid",
            1,
            false,
            new Credential.ClientSecret(
                new Credential.ServicePrincipal(
                    "tenant",
                    TestNmi.clientId("app"),
                    new NamespacedName("default", "secret"),
                    List.of(),
                    null)));
    nmi.record(nmi.pod("web", POD), principal, AssignmentState.ASSIGNED);
    ask(POD, TOKEN);
    nmi.tokensFail(new PodIdentityException(ErrorReason.TOKEN_REFUSED, "the secret is wrong"));
    ask(POD, TOKEN + "other");

    String label = "{operation_type=\"adal_token\"";
    assertThat(series(text(), label)).hasSizeGreaterThan(15).isEqualTo(series(v1(), label));
    assertCounted(
        "aadpodidentity_imds_operations_duration_seconds_count{operation_type=\"adal_token\"} 1",
        "aadpodidentity_imds_operations_errors_count{operation_type=\"adal_token\"} 1");
  }

  @Test
  void secretsThatCannotBeReadAreCountedAsInV1() {
    NamespacedName name = new NamespacedName("default", "secret");
    SecretData there = new SecretData(Map.of("key", new byte[] {1}));
    String label = "{operation_type=\"get_secret\"";
    assertThat(new CountedSecrets(any -> Optional.of(there), nmi.metrics).read(name))
        .contains(there);
    assertThat(series(text(), label)).isEmpty();

    assertThat(new CountedSecrets(any -> Optional.empty(), nmi.metrics).read(name)).isEmpty();
    PodIdentityException away =
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "the API server is away");
    CountedSecrets failing =
        new CountedSecrets(
            any -> {
              throw away;
            },
            nmi.metrics);
    assertThatThrownBy(() -> failing.read(name)).isSameAs(away);

    assertThat(series(text(), label)).hasSize(1).isEqualTo(series(v1(), label));
    assertCounted(
        "aadpodidentity_kubernetes_api_operations_errors_count{operation_type=\"get_secret\"} 2");
  }

  /** The lines with that label, in order, without their values. */
  private static List<String> series(String text, String label) {
    return text.lines()
        .filter(line -> line.contains(label + ",") || line.contains(label + "}"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }

  /** What v1 serves for one event of each kind; its first line names its source. */
  private static String v1() {
    try {
      return Files.readString(
          Path.of("../bin-common/src/test/resources/io/podidentity/bin/metrics/v1.8.17.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void bound() {
    nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.ASSIGNED);
  }

  private void awaitWaiting(String reason) {
    String line = "podidentity_requests_waiting{reason=\"" + reason + "\"} 1\n";
    Eventually.isTrue("a request waits", () -> text().contains(line));
  }

  private void ask(String source, String target) throws IOException {
    nmi.from(source).get(target, METADATA).read();
  }

  private static String request(String namespace, String path, String status) {
    return REQUESTS
        + "_count{namespace=\"%s\",operation_type=\"%s\",resource=\"https://management.azure.com/\",status_code=\"%s\"}"
            .formatted(namespace, path, status);
  }

  private void assertCounted(String... lines) {
    assertThat(text().lines()).contains(lines);
  }

  private int lines() {
    return (int) text().lines().count();
  }

  private String text() {
    return nmi.metrics.registry().text();
  }
}
