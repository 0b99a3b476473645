package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.NmiDaemonSet;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NMI sees of its DaemonSet's deletion, with no more rights than it is given. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class OwnDaemonSetTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String NAME = "nmi";
  private static final String ROLE = "aad-pod-id-nmi-daemonset-role";
  private static final String BINDING = "aad-pod-id-nmi-daemonset-binding";

  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static int namespaces;

  @TempDir private Path folder;
  private String namespace;
  private NodePods pods;
  private OwnDaemonSet own;

  @BeforeAll
  static void connect() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
  }

  @AfterAll
  static void disconnect() {
    nmi.close();
    admin.close();
  }

  @BeforeEach
  void install() throws IOException {
    namespaces++;
    namespace = "daemonset-" + namespaces;
    TestCluster.shared().api().createNamespace(namespace);
    // The role that we ship, in the namespace of this test.
    String role = Files.readString(TestCluster.DEPLOY.resolve("rbac/nmi.yaml"));
    role = role.substring(role.indexOf("# NMI watches its own DaemonSet"));
    int subjects = role.indexOf("subjects:");
    apply(
        role.substring(0, subjects).replace("namespace: default", "namespace: " + namespace)
            + role.substring(subjects));
    createDaemonSet();
    NmiDaemonSet.createPod(TestCluster.shared().api(), namespace, namespace + "-node", "default");
    String claims =
        "{\"kubernetes.io\":{\"namespace\":\"%s\",\"pod\":{\"name\":\"nmi-x\",\"uid\":\"u\"}}}"
            .formatted(namespace);
    Path token = folder.resolve("token");
    Files.writeString(
        token,
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".s");
    pods = new NodePods(nmi, namespace + "-node");
    own = new OwnDaemonSet(nmi, pods, token);
    own.start();
    TestCluster.follow(pods);
    Await.until("the daemonset is known", LIMIT, own::isKnown);
  }

  @AfterEach
  void end() {
    own.close();
    pods.close();
  }

  @Test
  void isNotDeletedWhileItIsThere() {
    assertThat(own.isDeleted(Duration.ZERO)).isFalse();
  }

  @Test
  void isSeenDeletedAlthoughTheRightToAskGoesWithIt() {
    // In Helm's order, without a pause.
    daemonSet().withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
    admin.rbac().roleBindings().inNamespace(namespace).withName(BINDING).delete();
    admin.rbac().roles().inNamespace(namespace).withName(ROLE).delete();

    assertThat(own.isDeleted(LIMIT)).isTrue();
  }

  @Test
  void isSeenWhileItIsBeingDeleted() {
    daemonSet().withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    assertThat(own.isDeleted(LIMIT)).isTrue();
  }

  @Test
  void deletionThatLeavesItsPodsDoesNotCount() {
    daemonSet().withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    // Nobody here takes the finalizer off, so a change after it shows that it was seen.
    Await.until("it is seen to end", LIMIT, own::isTerminating);
    assertThat(own.isDeleted(Duration.ZERO)).isFalse();
  }

  @Test
  void itsReturnCounts() {
    daemonSet().withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
    assertThat(own.isDeleted(LIMIT)).isTrue();
    createDaemonSet();
    Await.until("it is there again", LIMIT, () -> !own.isDeleted(Duration.ZERO));
  }

  @Test
  void withoutATokenOfAPodNothingIsWatched() throws IOException {
    Path token = folder.resolve("other");
    for (String text : new String[] {"", "a.b", "a.###.c", "e30.e30.e30"}) {
      Files.writeString(token, text);
      assertThat(BoundServiceAccountToken.pod(token)).isEmpty();
    }
    assertThat(BoundServiceAccountToken.pod(folder.resolve("none"))).isEmpty();
    try (OwnDaemonSet unknown = new OwnDaemonSet(nmi, pods, token)) {
      unknown.start();
      assertThat(unknown.isDeleted(LIMIT)).isFalse();
    }
  }

  private Resource<DaemonSet> daemonSet() {
    return admin.apps().daemonSets().inNamespace(namespace).withName(NAME);
  }

  private void createDaemonSet() {
    NmiDaemonSet.create(TestCluster.shared().api(), namespace);
  }

  private static void apply(String yaml) {
    TestCluster.shared().api().apply(yaml);
  }
}
