package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.iptables.PodPath;
import io.podidentity.iptables.PodSandbox;
import io.podidentity.iptables.SourcePins;
import java.nio.file.Path;
import java.util.List;

/**
 * What is found on a node about one of its pods: whether the rules can be there, and who answers.
 *
 * @param rules what tries them
 * @param written whether NMI writes rules here
 * @param netns the file of the pod's network namespace; empty to find it
 */
record NodeProbe(RulesCheck rules, boolean written, String netns) {

  /** Looks; writes nothing. */
  OnNode look(NamespacedName pod) {
    List<String> problems = written ? rules.ruleProblems() : List.of();
    int off = written ? rules.rules().interfacesWithoutRouteLocalnet() : 0;
    try {
      return new OnNode(problems, off, whoAnswers(pod), "");
    } catch (PodIdentityException e) {
      return new OnNode(problems, off, null, String.valueOf(e.getMessage()));
    }
  }

  private WhoAnswers whoAnswers(NamespacedName pod) {
    Path namespace =
        netns.isEmpty()
            ? PodSandbox.find(SourcePins.RESULTS, pod.namespace(), pod.name())
            : Path.of(netns);
    PodPath.Answer answer = rules.path().from(namespace);
    return switch (answer) {
      case NMI -> WhoAnswers.NMI;
      case OTHER -> WhoAnswers.OTHER;
      case REFUSED -> WhoAnswers.REFUSED;
      case SILENT -> WhoAnswers.SILENT;
    };
  }
}
