package io.podidentity.testkit.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The identities of one virtual machine or scale set, in the order they were attached. Immutable.
 *
 * @param system the system-assigned one, or null
 * @param user the user-assigned ones as they were when attached; each resource ID once, written as
 *     by whoever attached it first
 */
public record IdentityBlock(
    @Nullable SystemAssignedIdentity system, List<UserAssignedIdentity> user) {

  /** No identity at all. */
  public static final IdentityBlock NONE = new IdentityBlock(null, List.of());

  /** Copies the list. */
  public IdentityBlock {
    user = List.copyOf(user);
  }

  /** The {@code type} that Resource Manager shows. */
  public String type() {
    if (user.isEmpty()) {
      return system == null ? "None" : "SystemAssigned";
    }
    return system == null ? "UserAssigned" : "SystemAssigned, UserAssigned";
  }

  /** The user-assigned identity with this resource ID, ignoring case. */
  public Optional<UserAssignedIdentity> find(ArmId id) {
    return user.stream().filter(identity -> identity.id().equals(id)).findFirst();
  }

  /** With this identity at the end, or unchanged if its resource ID is there already. */
  public IdentityBlock with(UserAssignedIdentity identity) {
    if (find(identity.id()).isPresent()) {
      return this;
    }
    List<UserAssignedIdentity> more = new ArrayList<>(user);
    more.add(identity);
    return new IdentityBlock(system, more);
  }

  /** Without the user-assigned identity of this resource ID. */
  public IdentityBlock without(ArmId id) {
    Predicate<UserAssignedIdentity> stays = identity -> !identity.id().equals(id);
    return new IdentityBlock(system, user.stream().filter(stays).toList());
  }

  /** With this system-assigned identity; null removes it. */
  public IdentityBlock withSystem(@Nullable SystemAssignedIdentity newSystem) {
    return new IdentityBlock(newSystem, user);
  }

  /** Without any user-assigned identity. */
  public IdentityBlock withoutUser() {
    return new IdentityBlock(system, List.of());
  }
}
