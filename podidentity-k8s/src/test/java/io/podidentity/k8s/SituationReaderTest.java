package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Explainer;
import io.podidentity.api.explain.Explanation;
import io.podidentity.api.explain.Situation;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an explanation is made from, as a real API server tells it. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class SituationReaderTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final NamespacedName LEASE = new NamespacedName("default", "explained");
  private static final String NODE = "explained-node";

  private static KubernetesClient admin;
  private static ClusterObjects objects;
  private static DesiredAssignment desired;

  @BeforeAll
  static void seed() throws UnknownHostException {
    admin = TestCluster.shared().asAdmin();
    objects = new ClusterObjects(admin);
    objects.put(new Node(NODE, null));
    desired = TestObjects.desired("explained", NODE);
    Pod pod = objects.put(TestObjects.pod("explained", NODE, InetAddress.getByName("10.9.8.7")));
    objects.put(desired.identity());
    objects.put(desired.binding());
    objects.put(
        new AssignedIdentity(
            desired.record(),
            "",
            "",
            pod.name(),
            pod.uid(),
            NODE,
            desired.identity(),
            desired.binding(),
            AssignmentState.ASSIGNED,
            false));
    objects.put(
        new PodExemption(new NamespacedName("default", "explained"), Map.of("nobody", "has-it")));
    admin
        .resource(
            new LeaseBuilder()
                .withMetadata(
                    new ObjectMetaBuilder()
                        .withNamespace(LEASE.namespace())
                        .withName(LEASE.name())
                        .build())
                .withNewSpec()
                .withHolderIdentity("mic-7")
                .withLeaseDurationSeconds(15)
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build())
        .create();
  }

  @AfterAll
  static void close() {
    objects.deleteRecord(desired.record());
    objects.deleteBinding(desired.binding().name());
    objects.deleteIdentity(desired.identity().name());
    objects.deletePod(desired.pod().name());
    objects.deleteExemption(new NamespacedName("default", "explained"));
    objects.deleteNode(NODE);
    admin.close();
  }

  /** Of which one list would not fit into the memory of a node's agent. */
  @Test
  void readsAClusterInPieces() {
    KubernetesMockServer server = new KubernetesMockServer(false);
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    String pods = "/api/v1/pods?";
    server
        .expect()
        .get()
        .withPath(pods + "limit=500")
        .andReturn(200, podList("first", "more"))
        .once();
    server
        .expect()
        .get()
        .withPath(pods + "continue=more&limit=500")
        .andReturn(200, podList("last", ""))
        .once();
    try (KubernetesClient client = KubernetesClients.create(config, "test", SOON)) {
      assertThat(read(client).cluster().pods())
          .extracting(pod -> pod.name().name())
          .containsExactly("first", "last");
    } finally {
      server.destroy();
    }
  }

  /** As the kubelet registers one: MIC waits, and an explanation must not take it for a machine. */
  @Test
  void nodeThatHasYetToSayWhatItIsIsNoMachine() {
    KubernetesMockServer server = new KubernetesMockServer(false);
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    server
        .expect()
        .get()
        .withPath("/api/v1/pods?limit=500")
        .andReturn(200, podList("any", ""))
        .once();
    server
        .expect()
        .get()
        .withPath("/api/v1/nodes?limit=100")
        .andReturn(
            200,
            """
            {"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": [
              {"metadata": {"name": "new"}, "spec": {"taints": [
                {"key": "node.cloudprovider.kubernetes.io/uninitialized", "effect": "NoSchedule"}]}},
              {"metadata": {"name": "tainted"}, "spec": {"taints": [{"key": "a"}]}},
              {"metadata": {"name": "bare"}, "spec": {}}]}
            """)
        .once();
    try (KubernetesClient client = KubernetesClients.create(config, "test", SOON)) {
      assertThat(read(client).cluster().nodes())
          .extracting(Node::name, Node::initialized, node -> node.target() != null)
          .containsExactly(
              tuple("new", false, false), tuple("tainted", true, true), tuple("bare", true, true));
    } finally {
      server.destroy();
    }
  }

  private static String podList(String pod, String next) {
    return """
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": "%s"}, "items": [
          {"metadata": {"namespace": "default", "name": "%s", "uid": "u"}, "spec": {}, "status": {}}]}
        """
        .formatted(next, pod);
  }

  @Test
  void readsAllThatAnExplanationNeeds() {
    Situation situation = read(admin);

    assertThat(situation.unseen()).isEmpty();
    assertThat(situation.cluster().pods())
        .anyMatch(
            pod ->
                pod.name().equals(desired.pod().name())
                    && NODE.equals(pod.nodeName())
                    && pod.addresses().size() == 1);
    assertThat(situation.cluster().identities())
        .anyMatch(it -> it.sameMeaningAs(desired.identity()));
    assertThat(situation.cluster().bindings()).contains(desired.binding());
    assertThat(situation.cluster().nodes()).anyMatch(node -> node.name().equals(NODE));
    assertThat(situation.cluster().records())
        .anyMatch(
            it -> it.pod().equals(desired.pod().name()) && it.state() == AssignmentState.ASSIGNED);
    assertThat(situation.exemptions()).anyMatch(it -> it.podLabels().containsKey("nobody"));
    assertThat(situation.lease()).isNotNull();
    assertThat(situation.lease().holder()).isEqualTo("mic-7");
    assertThat(situation.recordFacts().values())
        .anyMatch(facts -> facts.nodeLabel().equals(NODE) && facts.created() != null);
  }

  /** The code and the pod that MIC notes on its events come back. */
  @Test
  void readsWhatMicSaid() {
    try (KubernetesClient mic = TestCluster.shared().asMic();
        KubernetesClusterView view =
            new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC())) {
      TestCluster.follow(view);
      new KubernetesEvents(mic, view, Runnable::run, Clock.systemUTC(), CallRate.unlimited())
          .assignmentFailed(
              desired, new PodIdentityException(ErrorReason.TARGET_REJECTED, "not permitted"));
    }

    Await.asserted(
        SOON,
        () ->
            assertThat(read(admin).said())
                .anySatisfy(
                    said -> {
                      assertThat(said.about().toString())
                          .isEqualTo("AzureIdentityBinding default/explained");
                      assertThat(said.warning()).isTrue();
                      assertThat(said.code()).isEqualTo("target-rejected");
                      assertThat(said.pod()).isEqualTo(desired.pod().name());
                      assertThat(said.text()).contains("not permitted");
                    }));
  }

  /** What NMI's own role does not reach is left out, and the answer is known all the same. */
  @Test
  void withTheRoleOfNmiBindingsNodesEventsAndTheLeaseAreUnseen() {
    try (KubernetesClient nmi = TestCluster.shared().asNmi()) {
      Situation situation = read(nmi);

      assertThat(situation.unseen())
          .containsOnlyKeys(Resource.BINDINGS, Resource.NODES, Resource.EVENTS, Resource.LEASES);
      Explanation explanation = Explainer.explain(situation);
      assertThat(explanation.steps().toString()).contains("may not list azureidentitybindings");
      assertThat(explanation.query()).isNotNull();
      assertThat(explanation.isWell()).as("%s", explanation.steps()).isTrue();
    }
  }

  @Test
  void withoutPodsThereIsNoExplanation() {
    try (KubernetesClient nobody = TestCluster.shared().asNobody("explains-nothing")) {
      assertThat(catchThrowableOfType(PodIdentityException.class, () -> read(nobody)).reason())
          .isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE);
    }
  }

  @Test
  void nodeOfASubscriptionThatMicMayNotChangeHasNoTarget() {
    String name = "explained-elsewhere";
    ComputeTarget target = ComputeTarget.virtualMachine("sub-b", "group", name);
    objects.put(new Node(name, target));
    try {
      assertThat(targetOf(name, subscription -> true)).contains(target);
      assertThat(targetOf(name, subscription -> subscription.equals("sub-b"))).contains(target);
      assertThat(targetOf(name, subscription -> subscription.equals("sub-a"))).isEmpty();
    } finally {
      objects.deleteNode(name);
    }
  }

  private static Optional<ComputeTarget> targetOf(String node, Predicate<String> subscriptions) {
    return read(admin, subscriptions).cluster().nodes().stream()
        .filter(it -> it.name().equals(node) && it.target() != null)
        .findAny()
        .map(Node::target);
  }

  private static Situation read(KubernetesClient client) {
    return read(client, subscription -> true);
  }

  private static Situation read(KubernetesClient client, Predicate<String> subscriptions) {
    return new SituationReader(client, LEASE, subscriptions, Clock.systemUTC())
        .read(
            new Situation.Request(
                desired.pod().name(), IdentityChoice.ANY, "https://management.azure.com/"),
            new Situation.Options(false, false, true, false, new MicPods("default", "mic")));
  }
}
