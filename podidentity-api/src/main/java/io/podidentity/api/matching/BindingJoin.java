package io.podidentity.api.matching;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.matching.Invitations.Invitation;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One join of pods, bindings, identities and records: the result as it grows. */
final class BindingJoin {
  /** So many pods are read ahead. */
  private static final int AHEAD = 32;

  private final boolean forceNamespaced;
  private final RecordComparison comparison;
  private final Invitations invitations;
  private final RecordTable table;
  // What is desired: by the position of its record, or by the name of one that there is not.
  private final @Nullable DesiredAssignment[] recorded;
  // Linked: in the order in which it was made it is walked through in a half of the time.
  private final Map<NamespacedName, DesiredAssignment> unrecorded = new LinkedHashMap<>();
  private final List<DesiredAssignment> losers = new ArrayList<>();
  private final Map<ObjectReference, String> problems = new LinkedHashMap<>();
  private boolean misled;

  /**
   * A join that has not begun.
   *
   * @param records those to compare with
   * @param comparison is told at once of what has a record, while pod and record are at hand: to
   *     come to each of them once more would be a good part of what a plan costs
   */
  BindingJoin(
      boolean forceNamespaced, List<AssignedIdentity> records, RecordComparison comparison) {
    this.forceNamespaced = forceNamespaced;
    this.comparison = comparison;
    invitations = new Invitations(forceNamespaced);
    table = new RecordTable(records);
    recorded = new DesiredAssignment[records.size()];
  }

  /**
   * Joins.
   *
   * @param pods the snapshot's; in any order
   * @return whether all that was told is so: not if of two pods with one record name the one that
   *     should have it came later. If pods come by name it is
   */
  boolean run(ClusterSnapshot snapshot, List<Pod> pods) {
    Map<NamespacedName, AzureIdentity> identities = new HashMap<>();
    snapshot.identities().forEach(identity -> identities.put(identity.name(), identity));
    snapshot.identities().stream()
        .sorted(Comparator.comparing(AzureIdentity::name))
        .forEach(this::reportUnusable);
    // v1 tries a pod's bindings by namespace and name.
    snapshot.bindings().stream()
        .sorted(Comparator.comparing(IdentityBinding::name))
        .forEach(binding -> invite(binding, identities));
    matchAll(pods.toArray(new Pod[0]));
    losers.stream().sorted(Matches.ORDER).forEach(this::reportConflict);
    return !misled;
  }

  /** Tells what has no record, and which records nothing desires. */
  void tellTheRest() {
    for (int position = 0; position < recorded.length; position++) {
      AssignedIdentity record = recorded[position] == null ? table.get(position) : null;
      if (record != null) {
        comparison.leftOver(record);
      }
    }
    unrecorded.values().forEach(desired -> comparison.desired(desired, null));
  }

  /** Objects that had to be left aside, and why, in a stable order. */
  Map<ObjectReference, String> problems() {
    return problems;
  }

  private void reportUnusable(AzureIdentity identity) {
    if (identity.credential() instanceof Credential.Unusable unusable) {
      problems.put(ObjectReference.to(identity), unusable.problem());
    }
  }

  private void invite(IdentityBinding binding, Map<NamespacedName, AzureIdentity> identities) {
    AzureIdentity identity =
        binding.azureIdentity().isEmpty()
            ? null
            : identities.get(
                new NamespacedName(binding.name().namespace(), binding.azureIdentity()));
    if (identity != null) {
      invitations.add(binding, identity);
    }
  }

  /**
   * Pods lie all over the memory, and a plan is mostly waits for it. What is read of several pods
   * in one short loop is waited for together.
   */
  private void matchAll(Pod[] pods) {
    String[] labels = new String[AHEAD];
    int[] hashes = new int[AHEAD];
    for (int from = 0; from < pods.length; from += AHEAD) {
      int count = Math.min(AHEAD, pods.length - from);
      for (int i = 0; i < count; i++) {
        labels[i] = pods[from + i].bindingLabel();
      }
      for (int i = 0; i < count; i++) {
        hashes[i] = pods[from + i].name().name().hashCode();
      }
      for (int i = 0; i < count; i++) {
        if (!labels[i].isEmpty() && !pods[from + i].phase().isTerminal()) {
          matchPod(pods[from + i], pods[from + i].nodeName(), labels[i], hashes[i]);
        }
      }
    }
  }

  private void matchPod(Pod pod, @Nullable String nodeName, String label, int hash) {
    if (nodeName == null) {
      return;
    }
    for (Invitation invitation : invitations.of(pod.name(), label)) {
      RecordNames names = invitation.names();
      int position = table.find(names, pod.name(), names.hash(hash));
      if (position < 0) {
        add(invitation.to(pod, nodeName, names.of(pod.name())));
      } else {
        AssignedIdentity record = requireNonNull(table.get(position));
        add(invitation.to(pod, nodeName, record.name()), record, position);
      }
    }
  }

  private void add(DesiredAssignment desired) {
    DesiredAssignment other = unrecorded.putIfAbsent(desired.record(), desired);
    if (other != null && !stays(other, desired)) {
      unrecorded.put(desired.record(), desired);
    }
  }

  private void add(DesiredAssignment desired, AssignedIdentity record, int position) {
    DesiredAssignment other = recorded[position];
    if (other == null) {
      recorded[position] = desired;
      comparison.desired(desired, record);
    } else if (!stays(other, desired)) {
      recorded[position] = desired;
      misled = true;
    }
  }

  /** Two identities of one name give one record name: the first binding wins, as in v1. */
  private boolean stays(DesiredAssignment one, DesiredAssignment other) {
    boolean stays = Matches.ORDER.compare(one, other) <= 0;
    losers.add(stays ? other : one);
    return stays;
  }

  private DesiredAssignment winnerOver(DesiredAssignment loser) {
    NamespacedName pod = loser.pod().name();
    RecordNames names = new RecordNames(pod, loser.identity(), forceNamespaced);
    int position = table.find(names, pod, names.hash(pod.name().hashCode()));
    return requireNonNull(position < 0 ? unrecorded.get(loser.record()) : recorded[position]);
  }

  private void reportConflict(DesiredAssignment second) {
    DesiredAssignment first = winnerOver(second);
    String problem;
    if (!first.pod().equals(second.pod())) {
      problem =
          ("pod %s gets nothing through this AzureIdentityBinding: its record would be %s, which"
                  + " stands for pod %s; rename one of the pods")
              .formatted(second.pod().name(), second.record(), first.pod().name());
    } else if (!first.identity().equals(second.identity())) {
      problem =
          ("AzureIdentity %s has the name of %s, and pods that get that one cannot have it too;"
                  + " rename one of them")
              .formatted(second.identity().name(), first.identity().name());
    } else {
      return;
    }
    problems.putIfAbsent(ObjectReference.to(second.binding()), problem);
  }
}
