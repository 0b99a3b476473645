package io.podidentity.testkit.contract;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Objects for the contracts: no two calls of a numbered one give the same name or address. */
final class Samples {
  /** Every implementation under test is about this node. */
  static final String NODE = "contract-node";

  static final String SUBSCRIPTION = "11111111-1111-1111-1111-111111111111";

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Samples() {}

  static String fresh(String prefix) {
    return prefix + "-" + NUMBERS.incrementAndGet();
  }

  /** An address of 198.18.0.0/15, which RFC 2544 sets aside for tests. */
  static InetAddress address() {
    int number = NUMBERS.incrementAndGet();
    return address("198.18." + number / 250 + "." + (number % 250 + 1));
  }

  /** An address of 2001:db8::/32, which RFC 3849 sets aside for documentation. */
  static InetAddress address6() {
    return address("2001:db8::" + Integer.toHexString(NUMBERS.incrementAndGet()));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** A running pod that asks for no identity. */
  static Pod pod(String namespace, InetAddress... addresses) {
    return new Pod(
        new NamespacedName(namespace, fresh("pod")),
        UUID.randomUUID().toString(),
        NODE,
        Map.of("app", "contract"),
        Set.of(addresses),
        PodPhase.RUNNING,
        false,
        false);
  }

  /** The pod under its namespace's default service account, with that controller. */
  static Pod madeBy(Pod pod, PodController controller) {
    return new Pod(
        pod.name(),
        pod.uid(),
        pod.nodeName(),
        pod.labels(),
        pod.addresses(),
        pod.phase(),
        pod.hostNetwork(),
        pod.terminating(),
        "default",
        controller);
  }

  static Pod bound(Pod pod, String selector) {
    return new Pod(
        pod.name(),
        pod.uid(),
        pod.nodeName(),
        Map.of(IdentityBinding.POD_LABEL, selector),
        pod.addresses(),
        pod.phase(),
        pod.hostNetwork(),
        pod.terminating());
  }

  static Pod with(Pod pod, Set<InetAddress> addresses, PodPhase phase) {
    return new Pod(
        pod.name(),
        pod.uid(),
        pod.nodeName(),
        pod.labels(),
        addresses,
        phase,
        pod.hostNetwork(),
        pod.terminating());
  }

  static AzureIdentity identity(String namespace) {
    return identity(new NamespacedName(namespace, fresh("identity")), fresh("azure-identity"));
  }

  static AzureIdentity identity(NamespacedName name, String azureName) {
    ResourceId id =
        ResourceId.of(
            SUBSCRIPTION, "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", azureName);
    return new AzureIdentity(
        name,
        UUID.randomUUID().toString(),
        1,
        false,
        new Credential.ManagedIdentity(id, new ClientId(UUID.randomUUID().toString())));
  }

  static IdentityBinding binding(AzureIdentity identity, String selector) {
    return new IdentityBinding(
        new NamespacedName(identity.name().namespace(), fresh("binding")),
        identity.name().name(),
        selector);
  }

  static DesiredAssignment desired(Pod pod, AzureIdentity identity, IdentityBinding binding) {
    return new DesiredAssignment(
        DesiredAssignment.recordName(pod.name(), identity, false), pod, NODE, binding, identity);
  }

  static AssignedIdentity record(DesiredAssignment desired, AssignmentState state) {
    return new AssignedIdentity(
        desired.record(),
        UUID.randomUUID().toString(),
        "1",
        desired.pod().name(),
        desired.pod().uid(),
        desired.nodeName(),
        desired.identity(),
        desired.binding(),
        state,
        false);
  }

  static AssignedIdentity with(AssignedIdentity record, AssignmentState state) {
    return new AssignedIdentity(
        record.name(),
        record.uid(),
        record.resourceVersion() + "1",
        record.pod(),
        record.podUid(),
        record.nodeName(),
        record.identity(),
        record.binding(),
        state,
        record.terminating());
  }
}
