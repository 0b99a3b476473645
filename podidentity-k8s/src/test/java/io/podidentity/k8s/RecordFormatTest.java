package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Our record next to {@code v1-record.json}, one that v1.8.17 wrote. All that says something there
 * is the same in ours; empty texts, nulls and empty objects may be left out.
 */
final class RecordFormatTest {
  private static final NamespacedName RECORD = new NamespacedName("default", "web-team-demo");
  private static final NamespacedName IDENTITY = new NamespacedName("team", "demo");
  private static final NamespacedName BINDING = new NamespacedName("team", "demo-binding");
  private static final String NODE = "aks-nodepool1-12345678-vmss000000";

  /** What each server makes itself. */
  private static final String OF_THE_SERVER =
      "(spec\\.azure(Identity|Binding)Ref\\.)?metadata\\.(uid|resourceVersion|creationTimestamp|generation)";

  static String fixture() {
    try (InputStream in =
        Objects.requireNonNull(RecordFormatTest.class.getResourceAsStream("v1-record.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @RequiresRealPart(RealPart.KUBE_APISERVER)
  void recordIsWrittenAsV1WritesIt() {
    TestCluster cluster = TestCluster.shared();
    cluster.api().createNamespace("team");
    try (KubernetesClient admin = cluster.asAdmin();
        KubernetesClient mic = cluster.asMic();
        KubernetesClusterView view =
            new KubernetesClusterView(mic, (name, providerId) -> null, Clock.systemUTC())) {
      Map<?, ?> v1 = Json.read(fixture(), Map.class);
      put(admin, at(v1, "spec", "azureIdentityRef"));
      put(admin, at(v1, "spec", "azureBindingRef"));
      TestCluster.follow(view);
      AzureIdentityResource identity = Objects.requireNonNull(view.identity(IDENTITY));
      AzureIdentityBindingResource binding = Objects.requireNonNull(view.binding(BINDING));

      new KubernetesAssignmentStore(mic, view, CallRate.unlimited(), WriteGuard.NONE)
          .create(desired(identity, binding));

      Map<?, ?> ours =
          Json.read(
              cluster.api().kubectl("get", "azureassignedidentity", RECORD.name(), "-o", "json"),
              Map.class);
      assertThat(leaves(ours)).containsAllEntriesOf(leaves(v1));
      Set<String> added = new HashSet<>(leaves(ours).keySet());
      added.removeAll(leaves(v1).keySet());
      assertThat(added).containsExactly("metadata.annotations.podidentity.io/pod-uid");
      assertSame(at(ours, "spec", "azureIdentityRef", "metadata"), identity.getMetadata());
      assertSame(at(ours, "spec", "azureBindingRef", "metadata"), binding.getMetadata());
    }
  }

  private static void assertSame(Map<?, ?> copy, ObjectMeta original) {
    assertThat(copy.get("uid")).isEqualTo(original.getUid());
    assertThat(copy.get("resourceVersion")).isEqualTo(original.getResourceVersion());
    assertThat(copy.get("creationTimestamp")).isEqualTo(original.getCreationTimestamp());
    assertThat(copy.get("managedFields")).isNull();
  }

  private static DesiredAssignment desired(
      AzureIdentityResource identity, AzureIdentityBindingResource binding) {
    Pod pod =
        new Pod(
            new NamespacedName("team", "web"),
            "pod-uid-1",
            NODE,
            Map.of(IdentityBinding.POD_LABEL, "demo"),
            Set.of(),
            PodPhase.PENDING,
            false,
            false);
    return new DesiredAssignment(
        RECORD,
        pod,
        NODE,
        IdentityMapping.binding(binding, BINDING),
        IdentityMapping.identity(identity, IDENTITY));
  }

  private static void put(KubernetesClient admin, Map<?, ?> object) {
    Map<Object, Object> fresh = new LinkedHashMap<>(object);
    Map<Object, Object> meta = new LinkedHashMap<>(at(object, "metadata"));
    meta.keySet().retainAll(Set.of("name", "namespace"));
    fresh.put("metadata", meta);
    admin.resource(Json.read(Json.write(fresh), GenericKubernetesResource.class)).create();
  }

  private static Map<?, ?> at(Map<?, ?> object, String... path) {
    Map<?, ?> found = object;
    for (String name : path) {
      found = (Map<?, ?>) Objects.requireNonNull(found.get(name), name);
    }
    return found;
  }

  /** Every value that says something, by its path, but for those that each server makes itself. */
  private static Map<String, Object> leaves(Map<?, ?> object) {
    Map<String, Object> found = new TreeMap<>();
    collect("", object, found);
    found.values().removeIf(""::equals);
    found.keySet().removeIf(path -> path.matches(OF_THE_SERVER));
    return found;
  }

  private static void collect(String path, Object value, Map<String, Object> found) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) -> collect(path.isEmpty() ? "" + key : path + "." + key, inner, found));
    } else if (value != null) {
      found.put(path, value);
    }
  }
}
