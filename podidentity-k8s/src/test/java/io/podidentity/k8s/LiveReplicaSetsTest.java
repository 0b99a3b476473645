package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ReplicaSetDirectory;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.ReplicaSetDirectoryContract;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class LiveReplicaSetsTest extends ReplicaSetDirectoryContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static LiveReplicaSets replicaSets;

  @BeforeAll
  static void connect() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    replicaSets = new LiveReplicaSets(nmi);
  }

  @AfterAll
  static void end() {
    replicaSets.close();
    nmi.close();
    admin.close();
  }

  @Override
  protected ReplicaSetDirectory directory() {
    return replicaSets;
  }

  @Override
  protected String create(NamespacedName name) {
    return create(name, false);
  }

  @Override
  protected void delete(NamespacedName name) {
    admin
        .apps()
        .replicaSets()
        .inNamespace(name.namespace())
        .withName(name.name())
        .withGracePeriod(0)
        .delete();
  }

  @Test
  void oneThatIsBeingDeletedIsNotLive() {
    NamespacedName name = new NamespacedName("default", "held-by-a-finalizer");
    String uid = create(name, true);
    delete(name);

    assertThat(replicaSets.isLive(name, uid).join()).isFalse();
    assertThat(
            admin
                .apps()
                .replicaSets()
                .inNamespace(name.namespace())
                .withName(name.name())
                .get()
                .getMetadata()
                .getDeletionTimestamp())
        .isNotNull();
  }

  /** The role lets NMI get ReplicaSets where MIC is, and nowhere else. */
  @Test
  void oneThatNmiMayNotGetIsNotLive() {
    TestCluster.shared().api().createNamespace("not-of-mic");
    NamespacedName name = new NamespacedName("not-of-mic", "mic-1");

    assertThat(replicaSets.isLive(name, create(name)).join()).isFalse();
  }

  private static String create(NamespacedName name, boolean withFinalizer) {
    Map<String, String> labels = Map.of("app", name.name());
    return admin
        .resource(
            new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(name.namespace())
                .withName(name.name())
                .withFinalizers(withFinalizer ? new String[] {"example.com/held"} : new String[0])
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("none")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create()
        .getMetadata()
        .getUid();
  }
}
