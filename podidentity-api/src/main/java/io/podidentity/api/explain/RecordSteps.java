package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.explain.Situation.RecordFacts;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.IdentitySelector;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is recorded for the pod. Whether a record counts is what {@link IdentitySelector} says. */
final class RecordSteps {
  private final Situation situation;
  private final Picture picture;
  private final Pod pod;
  private final Verdict problem;
  private final IdentitySelector selector;

  RecordSteps(Situation situation, Picture picture, Pod pod, Verdict problem) {
    this.situation = situation;
    this.picture = picture;
    this.pod = pod;
    this.problem = problem;
    this.selector = new IdentitySelector(situation.options().forceNamespaced());
  }

  List<Step> of(Matches matches) {
    String unseen = situation.unseen().get(Resource.RECORDS);
    if (unseen != null) {
      return List.of(Step.unknown(Part.RECORD, "the records are not known: " + unseen, ""));
    }
    List<AssignedIdentity> records =
        situation.cluster().records().stream()
            .filter(record -> record.pod().equals(pod.name()))
            .sorted(Comparator.comparing(AssignedIdentity::name))
            .toList();
    List<DesiredAssignment> desired =
        matches.desired().stream().filter(it -> it.pod().equals(pod)).toList();
    List<Step> steps = new ArrayList<>();
    for (DesiredAssignment one : desired) {
      Optional<AssignedIdentity> record =
          records.stream().filter(it -> it.name().equals(one.record())).findAny();
      steps.add(record.map(this::of).orElseGet(() -> absent(one, records)));
    }
    boolean matchesAreKnown =
        !situation.unseen().containsKey(Resource.BINDINGS)
            && !situation.unseen().containsKey(Resource.IDENTITIES);
    records.stream()
        .filter(record -> desired.stream().noneMatch(it -> it.record().equals(record.name())))
        .forEach(record -> steps.add(matchesAreKnown ? orphan(record) : of(record)));
    return steps;
  }

  /** A record of that pod and identity elsewhere does not count: it says more than none. */
  private Step absent(DesiredAssignment one, List<AssignedIdentity> records) {
    return records.stream()
        .filter(record -> record.identity().name().equals(one.identity().name()))
        .filter(record -> !record.name().namespace().equals(one.record().namespace()))
        .findFirst()
        .map(
            record ->
                wrong(
                    Finding.RECORD_MISPLACED,
                    record,
                    "lies in namespace %s and would count in %s alone"
                        .formatted(record.name().namespace(), one.record().namespace())))
        .orElseGet(
            () ->
                Step.of(
                    Part.RECORD,
                    problem,
                    ErrorReason.IDENTITY_NOT_BOUND,
                    "there is no AzureAssignedIdentity %s yet: MIC has not written it"
                        .formatted(one.record()),
                    "kubectl get azureassignedidentities -A"));
  }

  private Step of(AssignedIdentity record) {
    if (record.terminating()) {
      return wrong(Finding.RECORD_DELETING, record, "is being deleted");
    }
    if (record.state() == AssignmentState.UNASSIGNED) {
      return wrong(Finding.RECORD_UNASSIGNED, record, "says Unassigned: it is being taken off");
    }
    if (!record.isOf(pod)) {
      return wrong(Finding.RECORD_OF_FORMER_POD, record, "is about an earlier pod of that name");
    }
    if (selector.identitiesOf(pod, List.of(record)).isEmpty()) {
      return wrong(
          Finding.RECORD_MISPLACED,
          record,
          "does not count for this pod: it lies in the wrong namespace, or its identity is for pods"
              + " of its own namespace");
    }
    if (!picture.isSeen(record)) {
      return wrong(
          Finding.RECORD_NOT_SEEN,
          record,
          "is not seen by the NMI of node %s: its label nodename is \"%s\", and its spec.nodename \"%s\""
              .formatted(pod.nodeName(), facts(record).nodeLabel(), record.nodeName()));
    }
    if (record.state() != AssignmentState.ASSIGNED) {
      return Step.of(
          Part.RECORD,
          problem,
          ErrorReason.IDENTITY_NOT_ASSIGNED,
          "%s says %s%s: MIC has not put it on the machine yet"
              .formatted(named(record), record.state().text(), age(record)),
          get(record));
    }
    return Step.ok(Part.RECORD, "%s says Assigned%s".formatted(named(record), age(record)));
  }

  /** It counts as long as it is there, if it counts. */
  private Step orphan(AssignedIdentity record) {
    return Step.of(
        Part.RECORD,
        Verdict.WARNING,
        Finding.RECORD_ORPHANED,
        "%s says %s%s, and nothing desires it: MIC will take it off"
            .formatted(named(record), record.state().text(), age(record)),
        get(record));
  }

  private Step wrong(Finding finding, AssignedIdentity record, String text) {
    return Step.of(
        Part.RECORD, problem, finding, named(record) + " " + text + age(record), get(record));
  }

  private String age(AssignedIdentity record) {
    RecordFacts facts = facts(record);
    return facts.created() == null
        ? ""
        : " (%s old)"
            .formatted(Ages.text(Duration.between(facts.created(), situation.cluster().now())));
  }

  private RecordFacts facts(AssignedIdentity record) {
    return situation.recordFacts().getOrDefault(record.name(), RecordFacts.NONE);
  }

  private static String named(AssignedIdentity record) {
    return "AzureAssignedIdentity %s of AzureIdentity %s"
        .formatted(record.name(), record.identity().name());
  }

  private static String get(AssignedIdentity record) {
    return "kubectl get azureassignedidentity %s -n %s -o yaml"
        .formatted(record.name().name(), record.name().namespace());
  }
}
