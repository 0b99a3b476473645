package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeletStandIn;
import io.podidentity.harness.kube.KubernetesApi;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.ManualTimer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** On a real API server, as the service account of {@code deploy/rbac/mic.yaml}. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class StartupTaintsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String KEY = "podidentity.io/starting";
  private static final String NAMESPACE = "tainted";
  private static final Map<String, String> NMI = Map.of("component", "nmi", "tier", "node");
  private static final String ROLE = "rbac/mic-startup-taint.yaml";

  private final KubernetesApi api = TestCluster.shared().api();
  private final KubeletStandIn kubelet = new KubeletStandIn(api);
  private final KubernetesClient mic = TestCluster.shared().asMic();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final ManualTimer timer = new ManualTimer();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void grant() {
    api.createNamespace(NAMESPACE);
    api.apply(TestCluster.DEPLOY.resolve(ROLE));
    Await.until("MIC has the right", LIMIT, this::micMayPatchNodes);
    logged.start();
    logger().addAppender(logged);
  }

  @AfterEach
  void end() {
    logger().detachAppender(logged);
    executor.shutdownNow();
    mic.close();
    api.kubectl("delete", "pods", "--all", "-n", NAMESPACE, "--grace-period=0", "--force");
    api.kubectl("delete", "pod", "nmi-two", "-n", "default", "--ignore-not-found", "--force");
    api.kubectl("delete", "node", "one", "two", "three", "--ignore-not-found");
  }

  @Test
  void taintGoesWhenNmiIsReadyThereAndOthersStay() {
    node("one", KEY + "=x:NoSchedule", KEY + "=x:NoExecute", "other=y:NoSchedule");
    node("two", KEY + "=x:NoSchedule");
    RunningPod nmi = nmi(NAMESPACE, "nmi-one", "one", NMI);
    ready(nmi("default", "nmi-two", "two", NMI));
    ready(nmi(NAMESPACE, "other-two", "two", Map.of("component", "mic")));
    try (StartupTaints taints = taints(WriteGuard.NONE)) {
      taints.start();
      ready(nmi);

      Await.until("no taint of ours", LIMIT, () -> !taintsOf("one").contains(KEY));
      assertThat(taintsOf("one")).contains("other");
      // What looks like NMI counts in its own namespace and with all its labels only.
      assertThat(taintsOf("two")).contains(KEY);

      node("three", KEY + "=x:NoSchedule");
      ready(nmi(NAMESPACE, "nmi-three", "three", NMI));
      Await.until("a later node's too", LIMIT, () -> !taintsOf("three").contains(KEY));
      assertThat(taintsOf("two")).contains(KEY);
    }
  }

  @Test
  void whoDoesNotLeadTakesNothingOffUntilItLeads() throws Exception {
    AtomicBoolean leads = new AtomicBoolean();
    WriteGuard guard =
        () -> {
          if (!leads.get()) {
            throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "no lease");
          }
        };
    node("one", KEY + "=x:NoSchedule");
    ready(nmi(NAMESPACE, "nmi-one", "one", NMI));
    try (StartupTaints taints = taints(guard)) {
      taints.start();
      Await.until("it wants to", LIMIT, () -> timer.pending() == 1);
      timer.advance(StartupTaints.AGAIN);
      drain();
      assertThat(taintsOf("one")).contains(KEY);
      assertThat(lines("node=one problem=no lease")).as("told once").isEqualTo(1);

      // Nothing in the cluster changes.
      leads.set(true);
      timer.advance(StartupTaints.AGAIN);

      Await.until("no taint of ours", LIMIT, () -> !taintsOf("one").contains(KEY));
      drain();
      assertThat(timer.pending()).as("nothing is left to do").isZero();
    }
  }

  @Test
  void whatFailsInAWayThatNobodyThoughtOfIsTriedAgainToo() {
    AtomicBoolean broken = new AtomicBoolean(true);
    WriteGuard guard =
        () -> {
          if (broken.get()) {
            throw new IllegalStateException("for the test");
          }
        };
    node("one", KEY + "=x:NoSchedule");
    ready(nmi(NAMESPACE, "nmi-one", "one", NMI));
    try (StartupTaints taints = taints(guard)) {
      taints.start();
      Await.until("it tried", LIMIT, () -> timer.pending() == 1);

      broken.set(false);
      timer.advance(StartupTaints.AGAIN);

      Await.until("no taint of ours", LIMIT, () -> !taintsOf("one").contains(KEY));
    }
  }

  @Test
  void withoutTheRoleTheLogSaysWhatToGrantAndTheTaintGoesAfterwards() {
    api.kubectl("delete", "clusterrolebinding", "aad-pod-id-mic-startup-taint-binding");
    Await.until("the right is gone", LIMIT, () -> !micMayPatchNodes());
    node("one", KEY + "=x:NoSchedule");
    RunningPod nmi = nmi(NAMESPACE, "nmi-one", "one", NMI);
    try (StartupTaints taints = taints(WriteGuard.NONE)) {
      taints.start();
      ready(nmi);
      Await.until("it failed", LIMIT, () -> timer.pending() == 1);
      assertThat(lines("node=one problem=grant patch on nodes")).isEqualTo(1);
      assertThat(taintsOf("one")).contains(KEY);

      api.apply(TestCluster.DEPLOY.resolve(ROLE));
      Await.until("MIC has the right", LIMIT, this::micMayPatchNodes);
      timer.advance(StartupTaints.AGAIN);

      Await.until("no taint of ours", LIMIT, () -> !taintsOf("one").contains(KEY));
    }
  }

  private long lines(String part) {
    return List.copyOf(logged.list).stream()
        .filter(event -> event.getFormattedMessage().contains(part))
        .count();
  }

  /** What is under way ends. */
  private void drain() throws Exception {
    executor.submit(() -> {}).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private StartupTaints taints(WriteGuard guard) {
    return new StartupTaints(
        mic,
        new StartupTaints.Settings(KEY, NAMESPACE, "component=nmi,tier=node"),
        guard,
        timer,
        executor);
  }

  private void node(String name, String... taints) {
    kubelet.registerNode(name, "azure:///none");
    for (String taint : taints) {
      api.kubectl("taint", "node", name, taint);
    }
  }

  private RunningPod nmi(String namespace, String name, String node, Map<String, String> labels) {
    RunningPod pod = new RunningPod(namespace, name, node, "10.1.1.1", labels);
    kubelet.create(pod);
    return pod;
  }

  private void ready(RunningPod pod) {
    api.kubectl(
        "patch",
        "pod",
        pod.name(),
        "-n",
        pod.namespace(),
        "--subresource=status",
        "-p",
        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}");
  }

  /** By the authorizer itself, which learns of roles by a watch. */
  private boolean micMayPatchNodes() {
    String review =
        """
        apiVersion: authorization.k8s.io/v1
        kind: SubjectAccessReview
        spec:
          user: system:serviceaccount:default:aad-pod-id-mic-service-account
          resourceAttributes: {verb: patch, resource: nodes}
        """;
    return api.kubectlWithInput(review, "create", "-f", "-", "-o", "jsonpath={.status.allowed}")
        .equals("true");
  }

  private String taintsOf(String node) {
    return api.kubectl("get", "node", node, "-o", "jsonpath={.spec.taints[*].key}");
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(StartupTaints.class);
  }
}
