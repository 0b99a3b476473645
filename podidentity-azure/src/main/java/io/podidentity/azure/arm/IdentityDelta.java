package io.podidentity.azure.arm;

import com.azure.resourcemanager.compute.models.ResourceIdentityType;
import io.podidentity.api.model.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has to change on a virtual machine or scale set, and what {@code identity.type} has to say
 * then. IDs are in lower case, each list in order. Pure.
 *
 * <p>The type is not merged by Azure: one without {@code SystemAssigned} takes the machine's own
 * identity away, and {@code None} takes all. So it says {@code SystemAssigned} wherever the machine
 * has it, and {@code None} only where nothing is left. (AAD Pod Identity v1 also said {@code None}
 * where there had been no user-assigned identity, which took away a lone system-assigned one.)
 *
 * @param type the type after the change
 * @param attach what is missing
 * @param detach what is there and shall not be
 * @param clears whether no user-assigned identity is left; Azure then wants no map at all
 */
record IdentityDelta(
    ResourceIdentityType type, List<String> attach, List<String> detach, boolean clears) {

  private static final int SHOWN = 3;

  IdentityDelta {
    attach = List.copyOf(attach);
    detach = List.copyOf(detach);
  }

  /**
   * Compares, ignoring letter case.
   *
   * @param most how many changes at most; what is to be attached comes first
   */
  static IdentityDelta between(
      IdentityState state, Set<ResourceId> attach, Set<ResourceId> detach, int most) {
    Set<String> wanted = new HashSet<>();
    attach.forEach(id -> wanted.add(id.lowerCase()));
    List<String> adds = limited(wanted.stream().filter(id -> !has(state, id)), most);
    List<String> removes =
        limited(
            detach.stream()
                .map(ResourceId::lowerCase)
                .distinct()
                .filter(id -> has(state, id) && !wanted.contains(id)),
            most - adds.size());
    boolean clears = adds.isEmpty() && removes.size() == state.userAssigned().size();
    return new IdentityDelta(type(state.systemAssigned(), clears), adds, removes, clears);
  }

  boolean isEmpty() {
    return attach.isEmpty() && detach.isEmpty();
  }

  /** All that it is about. */
  Set<String> ids() {
    Set<String> ids = new HashSet<>(attach);
    ids.addAll(detach);
    return ids;
  }

  int size() {
    return attach.size() + detach.size();
  }

  /** For messages: the first few IDs, and how many there are. */
  @Override
  public String toString() {
    String add = attach.isEmpty() ? "" : "attach " + shown(attach);
    String remove = detach.isEmpty() ? "" : "detach " + shown(detach);
    return add.isEmpty() || remove.isEmpty() ? add + remove : add + ", " + remove;
  }

  private static String shown(List<String> ids) {
    String first = String.join(" ", ids.subList(0, Math.min(SHOWN, ids.size())));
    return ids.size() <= SHOWN ? first : "%d, among them %s".formatted(ids.size(), first);
  }

  private static boolean has(IdentityState state, String id) {
    return state.userAssigned().contains(id);
  }

  private static List<String> limited(Stream<String> ids, int most) {
    return new ArrayList<>(ids.sorted().limit(most).toList());
  }

  private static ResourceIdentityType type(boolean system, boolean clears) {
    if (clears) {
      return system ? ResourceIdentityType.SYSTEM_ASSIGNED : ResourceIdentityType.NONE;
    }
    return system
        ? ResourceIdentityType.SYSTEM_ASSIGNED_USER_ASSIGNED
        : ResourceIdentityType.USER_ASSIGNED;
  }
}
