package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.explain.Situation.OnNode;
import io.podidentity.api.explain.Situation.WhoAnswers;
import io.podidentity.api.explain.Step.Part;
import io.podidentity.api.explain.Step.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the pod's requests reach NMI; that can be seen on its node alone. */
final class NodeSteps {
  private NodeSteps() {}

  static List<Step> redirect(Situation situation, String node) {
    OnNode found = situation.onNode();
    if (found == null) {
      return List.of(
          Step.unknown(
              Part.REDIRECT,
              "the rules of node %s can be seen on that node alone".formatted(node),
              "nmi explain %s --node=%s, in NMI's container on that node"
                  .formatted(situation.request().pod(), node)));
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
    steps.add(answered(answer, found.unanswered()));
    return steps;
  }

  private static Step answered(@Nullable WhoAnswers answer, String unanswered) {
    if (answer == null) {
      return Step.unknown(
          Part.REDIRECT, "who answers the pod is not known: " + unanswered, "nmi rules --check");
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
