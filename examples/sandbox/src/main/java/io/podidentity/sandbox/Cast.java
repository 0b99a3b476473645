package io.podidentity.sandbox;

import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who plays: nodes, identities and pods. Pods are addresses of the loopback interface. */
final class Cast {
  static final String SUBSCRIPTION = "00000000-0000-0000-0000-00000000cafe";
  static final String GROUP = "sandbox";

  /** A node that is a virtual machine of its own. */
  static final NodeRole VM_NODE =
      new NodeRole(
          "node-vm",
          compute("virtualMachines/sandbox-vm"),
          compute("virtualMachines/sandbox-vm"),
          2579,
          8085);

  /** A node that is an instance of a scale set. */
  static final NodeRole SCALE_SET_NODE =
      new NodeRole(
          "node-vmss",
          compute("virtualMachineScaleSets/sandbox-vmss"),
          compute("virtualMachineScaleSets/sandbox-vmss/virtualMachines/0"),
          2580,
          8086);

  static final List<NodeRole> NODES = List.of(VM_NODE, SCALE_SET_NODE);

  static final List<UserAssignedIdentity> IDENTITIES =
      List.of(identity("orders"), identity("billing"), identity("reports"));

  static final PodRole ORDERS = new PodRole("orders", "127.0.0.2", VM_NODE, "orders");
  static final PodRole BILLING = new PodRole("billing", "127.0.0.3", VM_NODE, "billing");

  /** Asks for an identity that nothing binds. */
  static final PodRole STRANGER = new PodRole("stranger", "127.0.0.4", VM_NODE, null);

  static final PodRole REPORTS = new PodRole("reports", "127.0.0.5", SCALE_SET_NODE, "reports");

  static final List<PodRole> PODS = List.of(ORDERS, BILLING, STRANGER, REPORTS);

  private Cast() {}

  /**
   * A node.
   *
   * @param computeId the resource ID of its virtual machine or scale set
   * @param machineId the resource ID that its provider ID ends in
   * @param nmiPort where its NMI listens
   * @param probePort where its NMI answers probes
   */
  record NodeRole(String name, String computeId, String machineId, int nmiPort, int probePort) {
    String providerId() {
      return "azure://" + machineId;
    }
  }

  /**
   * A pod of the namespace {@code default}.
   *
   * @param identity the name of the identity that is bound to it; null for none
   */
  record PodRole(String name, String address, NodeRole node, @Nullable String identity) {
    /** The value of its label {@code aadpodidbinding}. */
    String label() {
      return identity == null ? "nothing-has-this-selector" : identity;
    }

    /** The name of its record. */
    String record() {
      return name + "-default-" + identity;
    }
  }

  private static String compute(String typeAndName) {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/%s"
        .formatted(SUBSCRIPTION, GROUP, typeAndName);
  }

  private static UserAssignedIdentity identity(String name) {
    return UserAssignedIdentity.create(
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ManagedIdentity/userAssignedIdentities/%s"
            .formatted(SUBSCRIPTION, GROUP, name));
  }
}
