package io.podidentity.api.explain;

import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.matching.Matches;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.TokenQuery;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Explains what comes of a pod's request for a token. A pure function of its {@link Situation}:
 * what NMI would answer is what the broker answers over it.
 */
public final class Explainer {
  private Explainer() {}

  /** Explains. */
  public static Explanation explain(Situation situation) {
    Optional<Pod> found = PodSteps.find(situation);
    if (found.isEmpty()) {
      return new Explanation(List.of(PodSteps.missing(situation)), null);
    }
    Pod pod = found.get();
    String node = pod.nodeName() == null ? "" : pod.nodeName();
    Picture picture = new Picture(situation, node);
    @Nullable Step problem = PodSteps.problem(pod, picture);
    @Nullable InetAddress address = PodSteps.address(pod);
    return problem != null || address == null
        ? new Explanation(List.of(problem == null ? PodSteps.missing(situation) : problem), null)
        : explain(situation, picture, pod, node, address);
  }

  private static Explanation explain(
      Situation situation, Picture picture, Pod pod, String node, InetAddress address) {
    BrokersAnswer answer = BrokersAnswer.of(situation, picture, pod, address);
    // What keeps a request that is granted from nothing is worth a warning at most.
    Verdict problem = answer.isGranted() ? Verdict.WARNING : Verdict.WRONG;
    List<Step> steps = new ArrayList<>();
    steps.add(PodSteps.known(pod, address));
    steps.addAll(NodeSteps.node(situation, node));
    steps.addAll(NodeSteps.redirect(situation, node, address));
    steps.add(ExemptionSteps.of(situation, pod, answer));
    if (!isExempt(answer, steps)) {
      steps.add(LabelStep.of(pod, problem));
      if (!pod.bindingLabel().isEmpty()) {
        addBound(steps, situation, picture, pod, node, problem);
      }
    }
    steps.addAll(AnswerSteps.of(situation, answer));
    return new Explanation(steps, answer.query());
  }

  /** It gets the node's identity, or nothing; what is bound to it is not asked for. */
  private static boolean isExempt(BrokersAnswer answer, List<Step> steps) {
    return (answer.query() != null && answer.query().subject() instanceof TokenQuery.OfNode)
        || steps.stream().anyMatch(step -> step.code().equals(Finding.POD_EXEMPT.code()));
  }

  private static void addBound(
      List<Step> steps,
      Situation situation,
      Picture picture,
      Pod pod,
      String node,
      Verdict problem) {
    Matches matches =
        new BindingMatcher(situation.options().forceNamespaced()).match(situation.cluster());
    BindingSteps bindings = new BindingSteps(situation, pod, problem);
    steps.addAll(bindings.of(matches));
    if (!situation.options().managed()) {
      steps.addAll(new MicSteps(situation, pod, node, problem).of(bindings.selecting()));
      steps.addAll(new RecordSteps(situation, picture, pod, problem).of(matches));
    }
  }
}
