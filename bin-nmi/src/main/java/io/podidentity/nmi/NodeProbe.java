package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.Pins;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.PinnedInterfaces;
import io.podidentity.iptables.PodPath;
import io.podidentity.iptables.PodSandbox;
import io.podidentity.iptables.SourcePins;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found on a node about one of its pods: whether the rules can be there, and who answers.
 *
 * @param rules what tries them
 * @param written whether NMI writes rules here
 * @param pinning whether pods' addresses are held to their interfaces
 * @param netns the file of the pod's network namespace; empty to find it
 */
record NodeProbe(RulesCheck rules, boolean written, SourcePinning pinning, String netns) {

  /** Looks; writes nothing. */
  OnNode look(Pod pod) {
    List<String> problems = written ? rules.ruleProblems() : List.of();
    int off = written ? rules.rules().interfacesWithoutRouteLocalnet() : 0;
    @Nullable Pins pins = written && pinning != SourcePinning.OFF ? pins(pod) : null;
    try {
      return new OnNode(problems, off, whoAnswers(pod.name()), "", pins);
    } catch (PodIdentityException e) {
      return new OnNode(problems, off, null, String.valueOf(e.getMessage()), pins);
    }
  }

  private Pins pins(Pod pod) {
    boolean enforced = pinning == SourcePinning.ENFORCE;
    try {
      return new Pins(PinnedInterfaces.of(NodePrograms.HERE, pod.addresses()), enforced, "");
    } catch (PodIdentityException e) {
      return new Pins(List.of(), enforced, String.valueOf(e.getMessage()));
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
