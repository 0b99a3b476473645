package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads records as AAD Pod Identity v1.8.17's NMI does: by {@code pkg/nmi/standard.go}, {@code
 * ListPodIds} of {@code pkg/k8s/client.go} and {@code pkg/crd/crd.go}. No program of v1 runs.
 */
final class V1Nmi {
  private final KubernetesClient client;
  private final String node;

  /**
   * That of a node.
   *
   * @param client may list records
   */
  V1Nmi(KubernetesClient client, String node) {
    this.client = client;
    this.node = node;
  }

  /** What it does with a request of a pod. */
  enum Answer {
    /** A token is asked for by what is in {@link Found#clientId}. */
    SERVED,
    /** Looks again every 5 s, for 100 s. */
    WAITS_LONG,
    /** Looks again every 5 s, for 80 s. */
    WAITS
  }

  /**
   * What it finds.
   *
   * @param clientId the first one's; empty if none is served
   */
  record Found(Answer answer, String clientId) {}

  /** Of a request that names no identity. */
  Found find(String namespace, String pod) {
    List<GenericKubernetesResource> mine =
        client
            .genericKubernetesResources("aadpodidentity.k8s.io/v1", "AzureAssignedIdentity")
            .inAnyNamespace()
            // Its scale features are on by default.
            .withLabel("nodename", node)
            .list()
            .getItems()
            .stream()
            .filter(record -> text(record, "spec", "pod").equals(pod))
            .filter(record -> text(record, "spec", "podNamespace").equals(namespace))
            .toList();
    List<String> assigned = new ArrayList<>();
    boolean created = false;
    for (GenericKubernetesResource record : mine) {
      String state = text(record, "status", "status");
      if (state.isEmpty() || state.equals("Assigned")) {
        assigned.add(clientId(record, namespace));
      }
      created |= state.equals("Created");
    }
    assigned.removeIf(String::isEmpty);
    if (!assigned.isEmpty()) {
      return new Found(Answer.SERVED, assigned.get(0));
    }
    return new Found(created ? Answer.WAITS_LONG : Answer.WAITS, "");
  }

  /** Of the copy in the record; empty if the identity is for pods of another namespace. */
  private static String clientId(GenericKubernetesResource record, String namespace) {
    boolean namespaced =
        text(record, "spec", "azureIdentityRef", "metadata", "annotations")
            .contains("aadpodidentity.k8s.io/Behavior=namespaced");
    boolean other =
        !text(record, "spec", "azureIdentityRef", "metadata", "namespace").equals(namespace);
    boolean managed = text(record, "spec", "azureIdentityRef", "spec", "type").equals("0");
    if (!managed || text(record, "spec", "azureIdentityRef", "spec", "resourceID").isEmpty()) {
      throw new AssertionError("v1 cannot use the copy in " + record);
    }
    return namespaced && other ? "" : text(record, "spec", "azureIdentityRef", "spec", "clientID");
  }

  private static String text(GenericKubernetesResource record, Object... path) {
    return Objects.toString(record.<Object>get(path), "");
  }
}
