package io.podidentity.benchmarks;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.testkit.InMemoryCluster;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;

/** A node with pods that have an identity each. Pod number i has the address 127.0.1.(i + 1). */
final class BenchNode {
  static final String NAME = "bench-node";
  static final String RESOURCE = "https://management.azure.com/";

  private BenchNode() {}

  /** The resource ID of pod i's identity. */
  static ResourceId identityId(int i) {
    return ResourceId.of(
        "11111111-1111-1111-1111-111111111111",
        "bench",
        "Microsoft.ManagedIdentity",
        "userAssignedIdentities",
        "identity" + i);
  }

  static InetAddress address(int i) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (i + 1)});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Puts pod i there, with its identity assigned. */
  static void put(InMemoryCluster cluster, int i, String clientId) {
    Pod pod =
        new Pod(
            new NamespacedName("bench", "pod" + i),
            "uid-of-pod" + i,
            NAME,
            Map.of(IdentityBinding.POD_LABEL, "selector" + i),
            Set.of(address(i)),
            PodPhase.RUNNING,
            false,
            false);
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("bench", "identity" + i),
            "uid-of-identity" + i,
            1,
            false,
            new Credential.ManagedIdentity(identityId(i), new ClientId(clientId)));
    cluster.putPod(pod);
    cluster.putRecord(
        new AssignedIdentity(
            new NamespacedName("default", "pod" + i + "-bench-identity" + i),
            "uid-of-record" + i,
            "1",
            pod.name(),
            pod.uid(),
            NAME,
            identity,
            new IdentityBinding(
                new NamespacedName("bench", "binding" + i), "identity" + i, "selector" + i),
            AssignmentState.ASSIGNED,
            false));
  }
}
