package io.podidentity.azure.arm;

import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineScaleSetInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineUpdateInner;
import com.azure.resourcemanager.compute.models.ResourceIdentityType;
import com.azure.resourcemanager.compute.models.VirtualMachineIdentity;
import com.azure.resourcemanager.compute.models.VirtualMachineIdentityUserAssignedIdentities;
import com.azure.resourcemanager.compute.models.VirtualMachineScaleSetIdentity;
import com.azure.resourcemanager.compute.models.VirtualMachineScaleSetUpdate;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A virtual machine or scale set in Resource Manager's terms: its URL, and JSON in and out. */
record ComputeResource(ComputeTarget target) {

  boolean isScaleSet() {
    return target instanceof ComputeTarget.ScaleSet;
  }

  /** For messages. */
  @Override
  public String toString() {
    return (isScaleSet() ? "scale set " : "virtual machine ") + target.id();
  }

  /** Its URL. */
  URI url(URI endpoint, String apiVersion) {
    return URI.create(endpoint + ResourcePath.of(target.id()) + "?api-version=" + apiVersion);
  }

  /**
   * Reads what GET answered.
   *
   * @throws PodIdentityException with {@code TARGET_UNAVAILABLE} if it is no such resource
   */
  IdentityState read(byte[] json) {
    try (JsonReader reader = JsonProviders.createReader(json)) {
      return isScaleSet()
          ? scaleSet(VirtualMachineScaleSetInner.fromJson(reader))
          : virtualMachine(VirtualMachineInner.fromJson(reader));
    } catch (IOException | RuntimeException e) {
      // Not passed on: parsers quote what they do not understand.
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "cannot read the identities of %s: Azure Resource Manager's answer is not understood (%s)"
              .formatted(this, e.getClass().getSimpleName()));
    }
  }

  /** The body of PATCH. */
  byte[] patch(IdentityDelta delta) {
    Map<String, @Nullable VirtualMachineIdentityUserAssignedIdentities> map = map(delta);
    try {
      if (isScaleSet()) {
        VirtualMachineScaleSetIdentity identity =
            new VirtualMachineScaleSetIdentity()
                .withType(delta.type())
                .withUserAssignedIdentities(map);
        return new VirtualMachineScaleSetUpdate().withIdentity(identity).toJsonBytes();
      }
      VirtualMachineIdentity identity =
          new VirtualMachineIdentity().withType(delta.type()).withUserAssignedIdentities(map);
      return new VirtualMachineUpdateInner().withIdentity(identity).toJsonBytes();
    } catch (IOException e) {
      throw new IllegalStateException("write JSON to memory", e);
    }
  }

  private static @Nullable Map<String, @Nullable VirtualMachineIdentityUserAssignedIdentities> map(
      IdentityDelta delta) {
    if (delta.clears()) {
      return null;
    }
    // A map that takes null, which removes.
    Map<String, @Nullable VirtualMachineIdentityUserAssignedIdentities> map = new LinkedHashMap<>();
    delta.attach().forEach(id -> map.put(id, new VirtualMachineIdentityUserAssignedIdentities()));
    delta.detach().forEach(id -> map.put(id, null));
    return map;
  }

  private static IdentityState virtualMachine(VirtualMachineInner machine) {
    VirtualMachineIdentity identity = machine.identity();
    return identity == null
        ? state(null, null, Map.of(), machine.provisioningState(), machine.etag())
        : state(
            identity.type(),
            identity.principalId(),
            clientIds(identity.userAssignedIdentities(), it -> it.clientId()),
            machine.provisioningState(),
            machine.etag());
  }

  private static IdentityState scaleSet(VirtualMachineScaleSetInner set) {
    VirtualMachineScaleSetIdentity identity = set.identity();
    return identity == null
        ? state(null, null, Map.of(), set.provisioningState(), set.etag())
        : state(
            identity.type(),
            identity.principalId(),
            clientIds(identity.userAssignedIdentities(), it -> it.clientId()),
            set.provisioningState(),
            set.etag());
  }

  private static IdentityState state(
      @Nullable ResourceIdentityType type,
      @Nullable String principalId,
      Map<String, String> clientIds,
      @Nullable String provisioningState,
      @Nullable String etag) {
    // The principal is the system-assigned identity's, and is there even if the type is not known.
    boolean system =
        type == ResourceIdentityType.SYSTEM_ASSIGNED
            || type == ResourceIdentityType.SYSTEM_ASSIGNED_USER_ASSIGNED
            || (principalId != null && !principalId.isEmpty());
    return new IdentityState(
        system, clientIds, provisioningState == null ? "" : provisioningState, etag);
  }

  private static <T> Map<String, String> clientIds(
      @Nullable Map<String, T> userAssigned, Function<T, @Nullable String> clientId) {
    Map<String, String> ids = new HashMap<>();
    if (userAssigned != null) {
      userAssigned.forEach(
          (id, shown) -> {
            String known = shown == null ? null : clientId.apply(shown);
            ids.put(id.toLowerCase(Locale.ROOT), known == null ? "" : known);
          });
    }
    return ids;
  }
}
