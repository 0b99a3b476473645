package io.podidentity.api.model;

import java.util.Optional;
import java.util.regex.Matcher;

/**
 * What identities are assigned to: the virtual machine under a node, or the scale set that its
 * machine is an instance of. Equal ignoring case, as their resource IDs are.
 */
public sealed interface ComputeTarget {
  /** The resource ID of the virtual machine or scale set. */
  ResourceId id();

  /** A virtual machine of its own. */
  record VirtualMachine(ResourceId id) implements ComputeTarget {
    private static final String TYPE = "virtualMachines";

    /** Refuses the ID of anything but a virtual machine. */
    public VirtualMachine {
      check(id, TYPE);
    }
  }

  /** A virtual machine scale set, shared by the nodes that are its instances. */
  record ScaleSet(ResourceId id) implements ComputeTarget {
    private static final String TYPE = "virtualMachineScaleSets";

    /** Refuses the ID of anything but a scale set. */
    public ScaleSet {
      check(id, TYPE);
    }
  }

  /** The virtual machine of that name. */
  static VirtualMachine virtualMachine(String subscription, String resourceGroup, String name) {
    return new VirtualMachine(
        ResourceId.of(subscription, resourceGroup, ResourceId.COMPUTE, VirtualMachine.TYPE, name));
  }

  /** The scale set of that name. */
  static ScaleSet scaleSet(String subscription, String resourceGroup, String name) {
    return new ScaleSet(
        ResourceId.of(subscription, resourceGroup, ResourceId.COMPUTE, ScaleSet.TYPE, name));
  }

  /**
   * Reads a node's {@code spec.providerID} as the Azure cloud provider writes it, in any letter
   * case: {@code
   * azure:///subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/N}, or
   * {@code …/virtualMachineScaleSets/N/virtualMachines/INSTANCE}.
   *
   * @return the target; empty if the text is not such an ID
   */
  static Optional<ComputeTarget> fromProviderId(String providerId) {
    Matcher parts = ProviderIdForm.PATTERN.matcher(providerId);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String subscription = parts.group("subscription");
    String group = parts.group("group");
    String scaleSet = parts.group("scaleset");
    try {
      return Optional.of(
          scaleSet != null
              ? scaleSet(subscription, group, scaleSet)
              : virtualMachine(subscription, group, parts.group("machine")));
    } catch (IllegalArgumentException e) {
      // Of characters that no name in Azure has.
      return Optional.empty();
    }
  }

  /**
   * The target of that resource ID.
   *
   * @return the target; empty if the text is no ID of a virtual machine or scale set
   */
  static Optional<ComputeTarget> fromId(String text) {
    try {
      ResourceId id = new ResourceId(text);
      return Optional.of(
          id.isA(ResourceId.COMPUTE, ScaleSet.TYPE) ? new ScaleSet(id) : new VirtualMachine(id));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void check(ResourceId id, String type) {
    if (!id.isA(ResourceId.COMPUTE, type)) {
      throw new IllegalArgumentException("\"%s\" does not name one of the %s".formatted(id, type));
    }
  }
}
