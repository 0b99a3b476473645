package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.SecretReader;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.contract.SecretReaderContract;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With a real API server, as the service account that {@code deploy/rbac} makes for NMI. */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KubernetesSecretsTest extends SecretReaderContract {
  private static KubernetesClient admin;
  private static KubernetesClient nmi;
  private static KubernetesSecrets secrets;

  @BeforeAll
  static void connect() {
    admin = TestCluster.shared().asAdmin();
    nmi = TestCluster.shared().asNmi();
    secrets = new KubernetesSecrets(nmi);
  }

  @AfterAll
  static void close() {
    nmi.close();
    admin.close();
  }

  @Override
  protected SecretReader reader() {
    return secrets;
  }

  @Override
  protected String namespace() {
    return "default";
  }

  @Override
  protected void put(NamespacedName secret, Map<String, byte[]> entries) {
    admin
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(secret.namespace())
                .withName(secret.name())
                .endMetadata()
                .withData(
                    entries.entrySet().stream()
                        .collect(
                            Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> Base64.getEncoder().encodeToString(entry.getValue()))))
                .build())
        .createOr(editable -> editable.update());
  }

  @Override
  protected void delete(NamespacedName secret) {
    admin.secrets().inNamespace(secret.namespace()).withName(secret.name()).delete();
  }

  /** In v1 NMI may read every Secret of the cluster. */
  @Test
  void rightIsForTheBoundNamespaceAndForReadingOnly() {
    NamespacedName elsewhere = new NamespacedName("kube-system", "of-another");
    put(elsewhere, Map.of("key", new byte[] {1}));

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> secrets.read(elsewhere))
        .withMessage(
            "get secrets kube-system/of-another: not permitted (status 403); grant get on secrets, as"
                + " deploy/rbac does")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
    for (String namespace : new String[] {"default", "kube-system"}) {
      assertThatExceptionOfType(KubernetesClientException.class)
          .isThrownBy(() -> nmi.secrets().inNamespace(namespace).list())
          .satisfies(e -> assertThat(e.getCode()).isEqualTo(403));
      assertThatExceptionOfType(KubernetesClientException.class)
          .isThrownBy(() -> nmi.secrets().inNamespace(namespace).withName("any").delete())
          .satisfies(e -> assertThat(e.getCode()).isEqualTo(403));
    }
  }

  @Test
  void apiServerThatIsAwayIsUnavailable() {
    try (KubernetesClient lost = TestCluster.shared().asNmi()) {
      lost.getConfiguration().setMasterUrl("https://127.0.0.1:1/");
      SecretReader away = new KubernetesSecrets(lost);

      assertThatExceptionOfType(PodIdentityException.class)
          .isThrownBy(() -> away.read(new NamespacedName("default", "any")))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CLUSTER_UNAVAILABLE));
    }
  }

  @Test
  void interruptedThreadGivesUp() {
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> secrets.read(new NamespacedName("default", "any")))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));

    assertThat(Thread.interrupted()).isTrue();
  }
}
