package io.podidentity.e2e;

import static io.podidentity.e2e.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.CommandFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A real Prometheus scrapes MIC and the NMIs while things go well and badly: each panel of the
 * dashboard shows something, and each alert looks at series that there are, under the labels that
 * it groups by.
 */
@EndToEnd
@RequiresRealPart(RealPart.PROMETHEUS)
final class MonitoringIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Makes the creation of one record fail. */
  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: refused-record}
      spec:
        failurePolicy: Fail
        matchConstraints:
          resourceRules:
            - apiGroups: [aadpodidentity.k8s.io]
              apiVersions: [v1]
              operations: [CREATE]
              resources: [azureassignedidentities]
        validations: [{expression: "!object.metadata.name.startsWith('refused-')"}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: refused-record}
      spec: {policyName: refused-record, validationActions: [Deny]}
      """;

  @Test
  void panelsAndAlertsFindWhatTheProgramsExport(EndToEndCluster cluster, Scene scene) {
    List<String> targets = new ArrayList<>(List.of("127.0.0.1:8888"));
    cluster.nodesWithNmi().forEach(node -> targets.add(node.network().address() + ":9090"));
    TestPod pod = scene.boundPod("orders", cluster.vm(), scene.identity("orders"));
    try (Prometheus prometheus = Prometheus.start(cluster.network().control(), targets)) {
      TokenAnswer.of(pod.askForToken());
      askInVain(cluster, pod);
      assignInVain(cluster, scene);
      changeAndRemove(cluster, scene);

      MonitoringFiles.alerts().values().forEach(it -> awaitSeries(prometheus, it));
      assertThat(prometheus.rules())
          .hasSameSizeAs(MonitoringFiles.alerts().keySet())
          .allMatch(rule -> rule.endsWith(": ok"));
      MonitoringFiles.panels()
          .forEach(
              (title, expressions) -> {
                assertThat(expressions).as(title).isNotEmpty();
                for (String expression : expressions) {
                  awaitSeries(prometheus, expression);
                  Await.asserted(
                      LIMIT,
                      () ->
                          assertThat(prometheus.query(expression))
                              .as(title + ": " + expression)
                              .isNotEmpty());
                }
              });
    } finally {
      cluster
          .api()
          .kubectl(
              "delete",
              "validatingadmissionpolicies,validatingadmissionpolicybindings",
              "refused-record",
              "--ignore-not-found");
    }
  }

  /** Requests that are refused, and calls of the token service that fail. */
  private static void askInVain(EndToEndCluster cluster, TestPod pod) {
    assertThat(pod.curl(TestPod.TOKEN_URL).status()).isEqualTo(400);
    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      assertRefused(pod.askForTokenOf("https://monitored.example"), 503, "token-unavailable", 2);
    }
    Map<String, ?> tooMany = Map.of("status", 429, "headers", Map.of("Retry-After", "1"));
    try (var fault = cluster.azure().fault("imds", tooMany)) {
      assertRefused(pod.askForTokenOf("https://throttled.example"), 503, "token-throttled", 1);
    }
  }

  /** An identity that Azure does not know, a machine that cannot be changed, a refused record. */
  private static void assignInVain(EndToEndCluster cluster, Scene scene) {
    scene.bind(
        new BoundIdentity("ghost", AzureNames.identity("ghost"), UUID.randomUUID().toString()),
        "ghost");
    scene.pod("ghost", cluster.vm(), "ghost");
    cluster.api().apply(POLICY);
    // The API server learns of it some moments after it has taken it.
    Await.until("policy in force", LIMIT, () -> refusesRecord(cluster));
    scene.bind(scene.identity("refused"), "refused");
    scene.pod("refused", cluster.secondInstance(), "refused");
    BoundIdentity late = scene.identity("late");
    try (var fault = cluster.azure().fault("arm", Map.of("status", 500, "method", "PATCH"))) {
      scene.bind(late, "late");
      TestPod pod = scene.pod("late", cluster.firstInstance(), "late");
      scene.awaitCreated(pod, late);
    }
  }

  private static boolean refusesRecord(EndToEndCluster cluster) {
    String record =
        """
        apiVersion: aadpodidentity.k8s.io/v1
        kind: AzureAssignedIdentity
        metadata: {name: refused-probe, namespace: default}
        spec: {}
        """;
    try {
      cluster.api().kubectlWithInput(record, "create", "--dry-run=server", "-f", "-");
      return false;
    } catch (CommandFailedException e) {
      return e.result().stderr().contains("refused-record");
    }
  }

  /** A record is replaced, and one is deleted. */
  private static void changeAndRemove(EndToEndCluster cluster, Scene scene) {
    BoundIdentity before = scene.identity("before");
    TestPod pod = scene.boundPod("before", cluster.vm(), before);
    BoundIdentity after = scene.identity("after");
    String changed =
        SceneYaml.identity(scene.namespace(), before.name(), "{}", SceneYaml.spec(after));
    cluster.api().apply(changed);
    Await.until(
        "change of " + before.name(), LIMIT, () -> cluster.azure().isAttached(after, cluster.vm()));
    scene.remove(pod);
    scene.awaitNoRecord(pod, before);
  }

  private static void awaitSeries(Prometheus prometheus, String expression) {
    assertThat(MonitoringFiles.selectors(expression)).as(expression).isNotEmpty();
    for (String selector : MonitoringFiles.selectors(expression)) {
      List<String> groupings =
          MonitoringFiles.groupings(expression).stream()
              .filter(label -> !label.equals("le") || selector.contains("_bucket"))
              .toList();
      Await.asserted(
          LIMIT,
          () ->
              assertThat(prometheus.query(selector))
                  .as(selector + " of " + expression)
                  .isNotEmpty()
                  // An empty label is none.
                  .anySatisfy(labels -> assertThat(names(labels)).containsAll(groupings)));
    }
  }

  private static List<String> names(List<String> labels) {
    return labels.stream().map(label -> label.substring(0, label.indexOf('='))).toList();
  }
}
