package io.podidentity.testkit.azure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The {@code identity} of a PATCH: what it asks for, and what becomes of the present identities. In
 * the map an empty object adds an identity, null removes it, and what is not named stays. The type
 * is not merged: {@code UserAssigned} drops the system-assigned identity, {@code SystemAssigned}
 * drops all user-assigned ones, {@code None} drops all. Immutable.
 *
 * <p>Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/
 * qs-configure-rest-vm (virtual machines) and qs-configure-rest-vmss (scale sets).
 */
final class ArmIdentityPatch {
  private final IdentityType type;
  private final List<ArmId> added;
  private final List<ArmId> removed;
  private final List<Described> described;

  private ArmIdentityPatch(
      IdentityType type, List<ArmId> added, List<ArmId> removed, List<Described> described) {
    this.type = type;
    this.added = added;
    this.removed = removed;
    this.described = described;
  }

  /**
   * Reads the body of a PATCH.
   *
   * @return null if it leaves the identities alone
   * @throws ArmException 400, if it is malformed
   */
  static @Nullable ArmIdentityPatch parse(String body) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new ArmException(ArmErrors.requestContent("the body is no JSON"));
    }
    if (!root.isObject()) {
      throw new ArmException(ArmErrors.requestContent("the body is no JSON object"));
    }
    JsonNode identity = root.get("identity");
    if (identity == null || identity.isNull()) {
      return null;
    }
    JsonNode type = identity.path("type");
    if (!type.isString()) {
      throw new ArmException(
          ArmErrors.requestContent("Required property 'type' not found in JSON. Path 'identity'"));
    }
    return read(IdentityType.parse(type.asString()), identity.path("userAssignedIdentities"));
  }

  private static ArmIdentityPatch read(IdentityType type, JsonNode map) {
    List<ArmId> added = new ArrayList<>();
    List<ArmId> removed = new ArrayList<>();
    List<Described> described = new ArrayList<>();
    Set<ArmId> seen = new HashSet<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      ArmId id = identityId(entry.getKey());
      if (!type.user()) {
        throw new ArmException(ArmErrors.identitiesWithType(type.text()));
      }
      if (!seen.add(id)) {
        throw new ArmException(ArmErrors.duplicateIdentity(entry.getKey()));
      }
      if (entry.getValue().isNull()) {
        removed.add(id);
      } else if (entry.getValue().isObject()) {
        added.add(id);
        if (!entry.getValue().isEmpty()) {
          described.add(new Described(id, entry.getValue()));
        }
      } else {
        throw new ArmException(ArmErrors.identityValue(entry.getKey()));
      }
    }
    return new ArmIdentityPatch(type, added, removed, described);
  }

  /**
   * Checks it against the present state.
   *
   * @throws ArmException with what Resource Manager would say
   */
  void check(Compute compute, FakeAzure azure, ArmCaller caller) {
    for (Described one : described) {
      if (!one.matches(compute.identity())) {
        throw new ArmException(ArmErrors.identityValue(one.id.text()));
      }
    }
    List<ArmId> fresh = added.stream().filter(id -> compute.identity().find(id).isEmpty()).toList();
    List<ArmId> denied = fresh.stream().filter(azure::isAssignDenied).toList();
    if (!denied.isEmpty()) {
      throw new ArmException(ArmErrors.assignDenied(caller, compute.id(), denied));
    }
    for (ArmId id : fresh) {
      if (azure.identity(id).isEmpty()) {
        throw new ArmException(ArmErrors.identityNotFound(compute.id(), id));
      }
    }
    if (type.user() && apply(compute.identity(), azure).user().isEmpty()) {
      throw new ArmException(ArmErrors.noIdentityLeft(type.text()));
    }
  }

  /** What the identities become. */
  IdentityBlock apply(IdentityBlock present, FakeAzure azure) {
    IdentityBlock block = type.user() ? present : present.withoutUser();
    for (ArmId id : removed) {
      block = block.without(id);
    }
    for (ArmId id : added) {
      UserAssignedIdentity identity = azure.identity(id).orElse(null);
      if (identity != null) {
        block = block.with(asWritten(id, identity));
      }
    }
    if (!type.system()) {
      return block.withSystem(null);
    }
    return block.system() != null ? block : block.withSystem(SystemAssignedIdentity.create());
  }

  /** The list keeps the spelling of whoever attached it, not that of the identity itself. */
  private static UserAssignedIdentity asWritten(ArmId id, UserAssignedIdentity identity) {
    return new UserAssignedIdentity(
        id, identity.clientId(), identity.principalId(), identity.location());
  }

  private static ArmId identityId(String text) {
    if (ArmId.isValid(text)) {
      ArmId id = ArmId.parse(text);
      if (id.is(ArmId.USER_ASSIGNED_IDENTITY)) {
        return id;
      }
    }
    throw new ArmException(ArmErrors.malformedIdentityId(text));
  }

  /** An entry sent back as a GET showed it, which is allowed. */
  private record Described(ArmId id, JsonNode value) {
    boolean matches(IdentityBlock block) {
      return block
          .find(id)
          .map(
              attached ->
                  value.path("clientId").asString("").equals(attached.clientId())
                      && value.path("principalId").asString("").equals(attached.principalId()))
          .orElse(false);
    }
  }
}
