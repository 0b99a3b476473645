package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class TypeUpgradeMarkerTest {
  private static final String NAME = "aad-pod-identity-config";
  private static final String KEY = "type-upgrade-status";

  private final KubernetesClient admin = TestCluster.shared().asAdmin();
  private final KubernetesClient mic = TestCluster.shared().asMic();

  @BeforeEach
  void clear() {
    admin.configMaps().inNamespace("default").withName(NAME).delete();
  }

  @AfterEach
  void close() {
    mic.close();
    admin.close();
  }

  @Test
  void noteIsThereAfterTheStart() {
    write("default", true);

    assertThat(found().getData()).containsOnlyKeys(KEY).containsEntry(KEY, "1.2.3");
  }

  @Test
  void noteOfV1AndWhatElseIsThereStays() {
    put("v1.8.17");

    write("default", true);

    assertThat(found().getData()).containsEntry(KEY, "v1.8.17").containsEntry("other", "data");
  }

  @Test
  void noteIsAddedToWhatIsThere() {
    put(null);

    write("default", true);

    assertThat(found().getData()).containsEntry(KEY, "1.2.3").containsEntry("other", "data");
  }

  @Test
  void nothingIsWrittenIfThatIsSwitchedOff() {
    write("default", false);

    assertThat(admin.configMaps().inNamespace("default").withName(NAME).get()).isNull();
  }

  @Test
  void leaderThatHasLostItsLeaseMeanwhileWritesNothing() {
    WriteGuard lost =
        () -> {
          throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "lost");
        };

    write("default", true, lost);
    assertThat(admin.configMaps().inNamespace("default").withName(NAME).get()).isNull();

    put(null);
    write("default", true, lost);
    assertThat(found().getData()).doesNotContainKey(KEY);
  }

  @Test
  void missingPermissionEndsNothing() {
    assertThatCode(() -> write("kube-system", true)).doesNotThrowAnyException();
  }

  private void write(String namespace, boolean enabled) {
    write(namespace, enabled, WriteGuard.NONE);
  }

  private void write(String namespace, boolean enabled, WriteGuard guard) {
    new TypeUpgradeMarker(
            mic, new TypeUpgradeMarker.Settings(enabled, namespace, NAME, KEY, "1.2.3"), guard)
        .write();
  }

  private void put(String note) {
    ConfigMapBuilder map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName(NAME)
            .endMetadata()
            .addToData("other", "data");
    admin.resource((note == null ? map : map.addToData(KEY, note)).build()).create();
  }

  private ConfigMap found() {
    return admin.configMaps().inNamespace("default").withName(NAME).get();
  }
}
