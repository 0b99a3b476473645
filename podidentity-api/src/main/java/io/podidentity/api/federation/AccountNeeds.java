package io.podidentity.api.federation;

import static java.util.stream.Collectors.joining;

import io.podidentity.api.federation.FederationFinding.Code;
import io.podidentity.api.federation.FederationReport.Account;
import io.podidentity.api.federation.FederationReport.PodUse;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one service account needs, and what comes of giving it that. */
final class AccountNeeds {
  /** Texts name so many pods at most. */
  private static final int NAMED = 5;

  private AccountNeeds() {}

  /**
   * What an account needs.
   *
   * @param object null if there is none
   * @param pods those that run under it and have identities; not empty
   * @param all all pods that have not ended
   */
  static Account of(
      NamespacedName name, @Nullable ServiceAccount object, List<PodUse> pods, List<Pod> all) {
    List<Set<ClientId>> sets = pods.stream().map(AccountNeeds::clientIds).toList();
    Set<ClientId> union =
        sets.stream().flatMap(Set::stream).collect(Collectors.toCollection(LinkedHashSet::new));
    String annotated = object == null ? "" : object.clientId();
    List<FederationFinding> findings = new ArrayList<>();
    if (object == null) {
      findings.add(
          new FederationFinding(
              Code.NO_SUCH_ACCOUNT, "there is no service account %s: create it".formatted(name)));
    }
    if (name.name().equals(ServiceAccount.DEFAULT_NAME)) {
      findings.add(
          new FederationFinding(
              Code.DEFAULT_ACCOUNT,
              "any pod of namespace %s that names no service account would have its identities: give these pods one of their own"
                  .formatted(name.namespace())));
    }
    List<Pod> others = others(name, pods, all);
    if (!others.isEmpty()) {
      findings.add(
          new FederationFinding(
              Code.OTHERS_GAIN_IDENTITY,
              "pods that have no identity today run under it and could get its tokens: %s"
                  .formatted(named(others))));
    }
    if (sets.stream().distinct().count() > 1) {
      findings.add(
          new FederationFinding(
              Code.PODS_GAIN_IDENTITY,
              "its pods have different identities today, and each could get the tokens of all: give them service accounts of their own"));
    } else if (union.size() > 1) {
      findings.add(
          new FederationFinding(
              Code.SEVERAL_IDENTITIES,
              "its pods have %d identities: the annotation holds one, and programs have to name the others by their client IDs"
                  .formatted(union.size())));
    }
    if (!annotated.isEmpty() && !union.contains(new ClientId(annotated))) {
      findings.add(
          new FederationFinding(
              Code.OTHER_ANNOTATION,
              "it is annotated with a client ID that none of its pods has by a binding"));
    }
    ClientId first = union.stream().findFirst().orElse(null);
    return new Account(name, object != null, annotated, first, pods, findings);
  }

  private static Set<ClientId> clientIds(PodUse use) {
    Set<ClientId> ids = new LinkedHashSet<>();
    use.uses()
        .forEach(
            it -> {
              ClientId id = it.identity().credential().clientId();
              if (id != null) {
                ids.add(id);
              }
            });
    return ids;
  }

  private static List<Pod> others(NamespacedName account, List<PodUse> pods, List<Pod> all) {
    Set<NamespacedName> known =
        pods.stream().map(use -> use.pod().name()).collect(Collectors.toSet());
    return all.stream()
        .filter(pod -> FederationPlanner.accountOf(pod).equals(account))
        .filter(pod -> !known.contains(pod.name()))
        .toList();
  }

  private static String named(Collection<Pod> pods) {
    String names = pods.stream().limit(NAMED).map(it -> it.name().name()).collect(joining(", "));
    return pods.size() <= NAMED ? names : names + " and %d more".formatted(pods.size() - NAMED);
  }
}
