package io.podidentity.api.matching;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the one identity that a request may have in standard mode, out of the records about its
 * pod. Default is refusal: a record counts only if it is about that very pod, lies in the namespace
 * that MIC writes to, and its identity is open to the pod's namespace.
 */
public final class IdentitySelector {
  /** AAD Pod Identity v1 takes any of a pod's identities; this takes the same one each time. */
  private static final Comparator<AssignedIdentity> ORDER =
      Comparator.comparing((AssignedIdentity record) -> record.identity().name())
          .thenComparing(AssignedIdentity::name);

  private final boolean forceNamespaced;

  /**
   * A selector for a cluster.
   *
   * @param forceNamespaced whether every identity is kept to pods of its own namespace
   */
  public IdentitySelector(boolean forceNamespaced) {
    this.forceNamespaced = forceNamespaced;
  }

  /**
   * Chooses. A request that names no identity gets the first of the assigned ones by namespace and
   * name, and waits only if none is assigned.
   *
   * @param records all records about pods of that name, in any order
   */
  public Selection select(Pod pod, IdentityChoice choice, List<AssignedIdentity> records) {
    AssignedIdentity assigned = null;
    // A loop, because each request for a cached token comes through here.
    for (AssignedIdentity record : records) {
      if (record.state() == AssignmentState.ASSIGNED
          && isWanted(record, choice)
          && counts(record, pod)
          && (assigned == null || ORDER.compare(record, assigned) < 0)) {
        assigned = record;
      }
    }
    if (assigned != null) {
      return new Selection.Chosen(assigned.identity());
    }
    List<AssignedIdentity> own = records.stream().filter(record -> counts(record, pod)).toList();
    List<AssignedIdentity> wanted =
        own.stream().filter(record -> isWanted(record, choice)).toList();
    return wanted.isEmpty() ? absent(pod, choice, own) : notAssigned(pod, wanted);
  }

  /**
   * The identities that a pod has, assigned or not.
   *
   * @param records all records about pods of that name, in any order
   */
  public List<AzureIdentity> identitiesOf(Pod pod, List<AssignedIdentity> records) {
    return records.stream()
        .filter(record -> counts(record, pod))
        .map(AssignedIdentity::identity)
        .toList();
  }

  private static boolean isWanted(AssignedIdentity record, IdentityChoice choice) {
    return isUsable(record) && choice.includes(record.identity().credential());
  }

  private static boolean isUsable(AssignedIdentity record) {
    return !(record.identity().credential() instanceof Credential.Unusable);
  }

  private boolean counts(AssignedIdentity record, Pod pod) {
    return record.isOf(pod)
        && !record.terminating()
        && record.state() != AssignmentState.UNASSIGNED
        && record
            .name()
            .namespace()
            .equals(DesiredAssignment.recordNamespace(record.identity(), forceNamespaced))
        && record.identity().isOpenTo(pod.name().namespace(), forceNamespaced);
  }

  private static Selection notAssigned(Pod pod, List<AssignedIdentity> wanted) {
    return new Selection.NotYet(
        true,
        new PodIdentityException(
            ErrorReason.IDENTITY_NOT_ASSIGNED,
            ("AzureIdentity %s is not assigned in Azure for pod %s yet; look at the events of the"
                    + " AzureIdentityBinding and at MIC's log")
                .formatted(
                    wanted.stream().min(ORDER).orElseThrow().identity().name(), pod.name())));
  }

  /** With the label, another record may be on its way; without, none is. */
  private static Selection absent(Pod pod, IdentityChoice choice, List<AssignedIdentity> own) {
    boolean labelled = !pod.bindingLabel().isEmpty();
    PodIdentityException refusal;
    if (own.stream().anyMatch(IdentitySelector::isUsable)) {
      refusal = Refusals.notAllowed(pod, choice);
    } else if (!own.isEmpty()) {
      refusal = Refusals.unusable(pod, own.stream().min(ORDER).orElseThrow().identity());
    } else if (labelled) {
      refusal = notBound(pod);
    } else {
      refusal = Refusals.withoutLabel(pod);
    }
    return labelled ? new Selection.NotYet(false, refusal) : new Selection.Refused(refusal);
  }

  private static PodIdentityException notBound(Pod pod) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_NOT_BOUND,
        ("no AzureAssignedIdentity found for pod %s: check that an AzureIdentityBinding has the"
                + " selector %s and names an AzureIdentity of its own namespace, and MIC's log")
            .formatted(pod.name(), pod.bindingLabel()));
  }
}
