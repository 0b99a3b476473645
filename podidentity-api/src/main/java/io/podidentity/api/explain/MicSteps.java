package io.podidentity.api.explain;

import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.assignment.PlannedStep;
import io.podidentity.api.assignment.PlannerOptions;
import io.podidentity.api.explain.Situation.Lease;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Situation.Said;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What MIC can do for the pod, would do, and said last. */
final class MicSteps {
  /** A leader renews several times within a lease; clocks differ. */
  private static final int LEASES_UNTIL_DEAD = 3;

  /** A name ends before what a sentence has behind it. */
  private static final Pattern POD_IN_TEXT = Pattern.compile("\\bpod ([a-z0-9./-]*[a-z0-9])");

  private static final String LOG = "kubectl logs -n NAMESPACE MIC_POD --tail=50";

  private final Situation situation;
  private final Pod pod;
  private final String node;
  private final Verdict problem;

  MicSteps(Situation situation, Pod pod, String node, Verdict problem) {
    this.situation = situation;
    this.pod = pod;
    this.node = node;
    this.problem = problem;
  }

  /**
   * All of them.
   *
   * @param selecting the bindings that select the pod
   */
  List<Step> of(List<IdentityBinding> selecting) {
    List<Step> steps = new ArrayList<>();
    add(steps, target());
    add(steps, lease());
    add(steps, said(selecting));
    add(steps, warned(selecting));
    add(steps, planned());
    return steps;
  }

  private @Nullable Step target() {
    return situation.cluster().nodes().stream()
        .filter(it -> it.name().equals(node) && it.target() == null)
        .findAny()
        .map(this::withoutTarget)
        .orElse(null);
  }

  private Step withoutTarget(Node found) {
    if (!found.initialized()) {
      return Step.of(
          Part.MIC,
          problem,
          Finding.NODE_NOT_INITIALIZED,
          "MIC waits for node %s, of which the cloud's controller has yet to say what machine it is"
              .formatted(node),
          "kubectl get node %s -o jsonpath={.spec.taints}".formatted(node));
    }
    return Step.of(
        Part.MIC,
        problem,
        Finding.NODE_WITHOUT_TARGET,
        "nothing can be assigned to node %s: its provider ID names no virtual machine or scale set"
                .formatted(node)
            + " that MIC may change",
        "kubectl get node %s -o jsonpath={.spec.providerID}".formatted(node));
  }

  private @Nullable Step lease() {
    String unseen = situation.unseen().get(Resource.LEASES);
    Lease lease = situation.lease();
    if (lease == null) {
      return unseen == null
          ? null
          : Step.unknown(Part.MIC, "whether a MIC works is not known: " + unseen, LOG);
    }
    Instant now = situation.cluster().now();
    boolean dead =
        lease.renewed().plus(lease.duration().multipliedBy(LEASES_UNTIL_DEAD)).isBefore(now);
    if (!lease.holder().isEmpty() && !dead) {
      return Step.ok(Part.MIC, "MIC %s leads".formatted(lease.holder()));
    }
    return Step.of(
        Part.MIC,
        problem,
        Finding.MIC_NOT_LEADING,
        lease.holder().isEmpty()
            ? "no MIC holds the lease, so nothing is assigned"
            : "MIC %s renewed its lease %s ago, so nothing is assigned"
                .formatted(lease.holder(), Ages.text(Duration.between(lease.renewed(), now))),
        "kubectl get pods -A -l component=mic (chart: app.kubernetes.io/component=mic)");
  }

  /** Its last word about this pod through one of these bindings. */
  private @Nullable Step said(List<IdentityBinding> selecting) {
    String unseen = situation.unseen().get(Resource.EVENTS);
    if (unseen != null) {
      return Step.unknown(Part.MIC, "what MIC said is not known: " + unseen, LOG);
    }
    Set<ObjectReference> bindings =
        Set.copyOf(selecting.stream().map(ObjectReference::to).distinct().toList());
    Optional<Said> last =
        situation.said().stream()
            .filter(it -> bindings.contains(it.about()) && isAboutThePod(it, selecting))
            .max(Comparator.comparing(Said::last));
    if (last.isEmpty()) {
      return null;
    }
    Said said = last.get();
    String text =
        "MIC said %s ago about %s: %s"
            .formatted(
                Ages.text(Duration.between(said.last(), situation.cluster().now())),
                said.about(),
                said.text());
    return said.warning() && !said.code().isEmpty()
        ? new Step(Part.MIC, problem, said.code(), text, describe(said.about()))
        : Step.ok(Part.MIC, text);
  }

  private @Nullable Step warned(List<IdentityBinding> selecting) {
    ObjectReference itself = new ObjectReference("Pod", pod.name());
    Set<ObjectReference> objects = new HashSet<>(Set.of(itself));
    for (IdentityBinding binding : selecting) {
      situation.cluster().identities().stream()
          .filter(it -> isNamedBy(binding, it))
          .map(ObjectReference::to)
          .forEach(objects::add);
    }
    return situation.said().stream()
        .filter(it -> it.warning() && objects.contains(it.about()) && it.code().isEmpty())
        .max(Comparator.comparing(Said::last))
        .map(
            it ->
                Step.of(
                    Part.MIC,
                    Verdict.WARNING,
                    Finding.MIC_WARNS,
                    "%s: %s".formatted(it.about(), it.text()),
                    describe(it.about())))
        .orElse(null);
  }

  private static boolean isNamedBy(IdentityBinding binding, AzureIdentity identity) {
    return identity.name().namespace().equals(binding.name().namespace())
        && identity.name().name().equals(binding.azureIdentity());
  }

  /** v1's MIC names the pod in the text alone: by its name, or by that of its record. */
  private boolean isAboutThePod(Said said, List<IdentityBinding> selecting) {
    if (said.pod() != null) {
      return said.pod().equals(pod.name());
    }
    Set<String> names = new HashSet<>(Set.of(pod.name().name(), pod.name().toString()));
    selecting.forEach(
        binding ->
            names.add(
                "%s-%s-%s"
                    .formatted(
                        pod.name().name(), pod.name().namespace(), binding.azureIdentity())));
    return POD_IN_TEXT.matcher(said.text()).results().anyMatch(it -> names.contains(it.group(1)));
  }

  /** What a MIC would do now; nothing where it is done, or the picture has not all. */
  private @Nullable Step planned() {
    if (!situation.unseen().isEmpty()) {
      return null;
    }
    boolean forceNamespaced = situation.options().forceNamespaced();
    List<PlannedStep> steps =
        new PlanReasons(situation.cluster(), forceNamespaced)
                .of(
                    new AssignmentPlanner(new PlannerOptions(forceNamespaced, Set.of()))
                        .plan(situation.cluster()))
                .stream()
                .filter(step -> step.pod().equals(pod.name()))
                .toList();
    if (steps.isEmpty()) {
      return null;
    }
    List<String> all =
        steps.stream()
            .map(
                step ->
                    "%s %s (%s)"
                        .formatted(
                            step.action().name().toLowerCase(Locale.ROOT),
                            step.record(),
                            step.why()))
            .toList();
    return Step.ok(Part.MIC, "MIC has still to " + Nearly.few(all));
  }

  private static String describe(ObjectReference object) {
    return "kubectl describe %s %s -n %s"
        .formatted(
            object.kind().toLowerCase(Locale.ROOT),
            object.name().name(),
            object.name().namespace());
  }

  private static void add(List<Step> steps, @Nullable Step step) {
    if (step != null) {
      steps.add(step);
    }
  }
}
