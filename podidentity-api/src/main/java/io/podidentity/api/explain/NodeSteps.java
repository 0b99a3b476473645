package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.Pins;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pod's node, and whether its requests reach NMI; that can be seen on the node alone. */
final class NodeSteps {
  /** Labels of NMI's pods: the chart's, and those of the manifests. */
  private static final List<String> COMPONENT = List.of("app.kubernetes.io/component", "component");

  private NodeSteps() {}

  /** Its node, and NMI there. */
  static List<Step> node(Situation situation, String node) {
    List<Step> steps = new ArrayList<>();
    boolean seen = !situation.unseen().containsKey(Situation.Resource.NODES);
    if (seen && situation.cluster().nodes().stream().noneMatch(it -> it.name().equals(node))) {
      steps.add(
          Step.of(
              Part.NODE,
              Verdict.WARNING,
              Finding.NODE_MISSING,
              "node %s is not in the cluster: nothing can be assigned to it".formatted(node),
              "kubectl get nodes"));
    }
    List<Pod> nmis = situation.cluster().pods().stream().filter(NodeSteps::isNmi).toList();
    Optional<Pod> here = nmis.stream().filter(pod -> node.equals(pod.nodeName())).findAny();
    if (here.isPresent()) {
      steps.add(
          Step.ok(Part.NODE, "NMI runs on node %s: pod %s".formatted(node, here.get().name())));
    } else if (nmis.isEmpty()) {
      steps.add(
          Step.unknown(
              Part.NODE,
              "no pod has the label component=nmi, so whether NMI runs on node %s is not known"
                  .formatted(node),
              "kubectl get daemonsets -A"));
    } else {
      steps.add(
          Step.of(
              Part.NODE,
              Verdict.WRONG,
              Finding.NMI_NOT_RUNNING,
              "NMI runs on %d nodes, and not on %s: the DaemonSet's node selector or tolerations may"
                      .formatted(nmis.size(), node)
                  + " leave that out",
              "kubectl get pods -A -o wide --field-selector spec.nodeName=" + node));
    }
    return steps;
  }

  private static boolean isNmi(Pod pod) {
    return pod.phase() == PodPhase.RUNNING
        && COMPONENT.stream().anyMatch(key -> "nmi".equals(pod.labels().get(key)));
  }

  /** Who answers the pod, and whose its address is, as the node sees it. */
  static List<Step> redirect(Situation situation, String node, InetAddress address) {
    OnNode found = situation.onNode();
    if (found == null) {
      return List.of(
          Step.unknown(
              Part.REDIRECT,
              "the rules of node %s can be seen on that node alone".formatted(node),
              onNode(situation, node)));
    }
    List<Step> steps = new ArrayList<>();
    WhoAnswers answer = found.answer();
    // Where the pod is answered, what else is wrong does no harm now.
    Verdict problem = answer == WhoAnswers.NMI ? Verdict.WARNING : Verdict.WRONG;
    found
        .problems()
        .forEach(
            text ->
                steps.add(
                    Step.of(
                        Part.REDIRECT,
                        problem,
                        ErrorReason.REDIRECT_FAILED,
                        text,
                        "nmi rules --check")));
    if (found.withoutRouteLocalnet() > 0) {
      steps.add(
          Step.of(
              Part.REDIRECT,
              problem,
              Finding.ROUTE_LOCALNET_OFF,
              "route_localnet is off on %d interfaces: pods behind them cannot be redirected to"
                      .formatted(found.withoutRouteLocalnet())
                  + " 127.0.0.1",
              "sysctl net.ipv4.conf.all.route_localnet=1, or NMI's --redirect-target"));
    }
    steps.add(answered(answer, found.unanswered(), onNode(situation, node)));
    if (found.pins() != null) {
      steps.add(pinned(found.pins(), address.getHostAddress()));
    }
    return steps;
  }

  private static Step pinned(Pins pins, String address) {
    String next = "curl -s http://127.0.0.1:9090/metrics | grep podidentity_source_pins";
    if (!pins.unseen().isEmpty()) {
      return Step.unknown(
          Part.REDIRECT,
          "the source pin of %s is not known: %s".formatted(address, pins.unseen()),
          next);
    }
    return pins.interfaces().isEmpty()
        ? Step.of(
            Part.REDIRECT,
            pins.enforced() ? Verdict.WRONG : Verdict.WARNING,
            Finding.ADDRESS_NOT_PINNED,
            "%s is held to no interface: %s"
                .formatted(
                    address,
                    pins.enforced()
                        ? "requests from it are refused"
                        : "who can use that address is taken for this pod"),
            next)
        : Step.ok(
            Part.REDIRECT,
            "%s is held to interface %s"
                .formatted(address, String.join(", port ", pins.interfaces())));
  }

  /** NMI's own container may not enter a pod's network: that takes a privileged one. */
  private static String onNode(Situation situation, String node) {
    return ("kubectl debug node/%s --profile=sysadmin, and there nmi explain %s: see"
            + " docs/troubleshooting.md")
        .formatted(node, situation.request().pod());
  }

  private static Step answered(@Nullable WhoAnswers answer, String unanswered, String next) {
    if (answer == null) {
      return Step.unknown(Part.REDIRECT, "who answers the pod is not known: " + unanswered, next);
    }
    return switch (answer) {
      case NMI -> Step.ok(Part.REDIRECT, "its requests for the metadata service reach NMI");
      case OTHER ->
          Step.of(
              Part.REDIRECT,
              Verdict.WRONG,
              Finding.NOT_REDIRECTED,
              "not NMI answers its requests, but the metadata service itself, for any identity of"
                  + " the node",
              "nmi rules --print");
      case REFUSED ->
          Step.of(
              Part.REDIRECT,
              Verdict.WRONG,
              Finding.REDIRECT_REFUSED,
              "its connections are refused: NMI does not run or listen here, or there is no"
                  + " redirect and the lockdown holds",
              "nmi rules --check");
      case SILENT ->
          Step.of(
              Part.REDIRECT,
              Verdict.WRONG,
              Finding.REDIRECT_SILENT,
              "its requests have no answer: NMI hangs, route_localnet is off on the pod's"
                  + " interface, or a network policy drops them",
              "nmi rules --check");
    };
  }
}
