package io.podidentity.benchmarks;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A cluster in which all is assigned: 20 pods to an identity, 30 to a node, 100 nodes to a scale
 * set. What is shared is what {@code KubernetesClusterView} has shared: a record holds the very
 * pod's name and UID, identity and binding; the names of nodes and namespaces and the labels are
 * interned.
 */
final class PlannedCluster {
  private static final String SUBSCRIPTION = "11111111-1111-1111-1111-111111111111";

  private final List<Pod> pods = new ArrayList<>();
  private final List<AzureIdentity> identities = new ArrayList<>();
  private final List<IdentityBinding> bindings = new ArrayList<>();
  private final List<AssignedIdentity> records = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  PlannedCluster(int size) {
    for (int i = 0; i < size / 20; i++) {
      identities.add(identity(i));
      bindings.add(binding(i));
    }
    for (int i = 0; i <= size / 30; i++) {
      nodes.add(
          new Node(
              ("node-" + i).intern(), ComputeTarget.scaleSet(SUBSCRIPTION, "rg", "set" + i / 100)));
    }
    for (int i = 0; i < size; i++) {
      Pod pod = pod(i);
      pods.add(pod);
      records.add(record(i, pods.get(i)));
    }
    Random random = new Random(size);
    Collections.shuffle(pods, random);
    Collections.shuffle(records, random);
  }

  int identities() {
    return identities.size();
  }

  ClusterSnapshot withOneMorePod(int number) {
    List<Pod> more = new ArrayList<>(pods);
    more.add(pod(Math.abs(number), "new-" + number));
    return new ClusterSnapshot(more, identities, bindings, records, nodes, Instant.EPOCH);
  }

  private Pod pod(int i) {
    return pod(i, "deployment-%d-5d4f8c7b9-%05x".formatted(i / 20, i));
  }

  private Pod pod(int i, String name) {
    return new Pod(
        new NamespacedName(namespace(i), name),
        new UUID(42, i).toString(),
        ("node-" + i % nodes.size()).intern(),
        Map.of(IdentityBinding.POD_LABEL, ("app-" + i % identities.size()).intern()),
        Set.of(),
        PodPhase.RUNNING,
        false,
        false);
  }

  private static AzureIdentity identity(int i) {
    return new AzureIdentity(
        new NamespacedName(namespace(i), "identity-" + i),
        new UUID(43, i).toString(),
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of(
                SUBSCRIPTION,
                "identities",
                "Microsoft.ManagedIdentity",
                "userAssignedIdentities",
                "identity-" + i),
            new ClientId(new UUID(44, i).toString())));
  }

  private static IdentityBinding binding(int i) {
    return new IdentityBinding(
        new NamespacedName(namespace(i), "binding-" + i), "identity-" + i, "app-" + i);
  }

  private AssignedIdentity record(int i, Pod pod) {
    int of = i % identities.size();
    return new AssignedIdentity(
        DesiredAssignment.recordName(pod.name(), identities.get(of), false),
        new UUID(45, i).toString(),
        String.valueOf(i),
        pod.name(),
        pod.uid(),
        pod.nodeName(),
        identities.get(of),
        bindings.get(of),
        AssignmentState.ASSIGNED,
        false);
  }

  private static String namespace(int i) {
    return ("team-" + i % 50).intern();
  }
}
