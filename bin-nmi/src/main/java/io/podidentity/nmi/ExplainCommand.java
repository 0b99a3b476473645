package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Explainer;
import io.podidentity.api.explain.Explanation;
import io.podidentity.api.explain.Situation;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.Report;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.SituationReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code nmi explain NAMESPACE/POD}: why a pod gets its token, or does not. On the
 * pod's node it also looks who answers the pod, and asks the token service as NMI would; the token
 * is thrown away. Elsewhere it reads the cluster alone. It writes nothing.
 *
 * @param request whose request
 * @param options how NMI is set
 * @param kubeconfig null for the service account of the pod that this runs in
 * @param lease MIC's
 * @param subscriptions in which MIC may change machines
 * @param node the node that this runs on; empty if it is none
 * @param onNode what is found on that node about a pod
 * @param tokens what NMI there asks for tokens; asked at most once
 * @param output how to print
 */
record ExplainCommand(
    Situation.Request request,
    Situation.Options options,
    @Nullable Path kubeconfig,
    NamespacedName lease,
    Predicate<String> subscriptions,
    String node,
    NodeProbe onNode,
    BiFunction<KubernetesConnection, String, TokenSource> tokens,
    OutputFormat output) {

  /** The name of a pod, as the command takes it. */
  static NamespacedName podNamed(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID, "explain needs NAMESPACE/POD, and not: " + text);
    }
    return new NamespacedName(text.substring(0, slash), text.substring(slash + 1));
  }

  /**
   * Prints the explanation.
   *
   * @return whether nothing is wrong
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the pods cannot be read
   */
  boolean run(String userAgent, Clock clock, PrintStream out) {
    try (KubernetesConnection kubernetes = KubernetesConnection.open(kubeconfig, userAgent)) {
      Situation situation =
          new SituationReader(kubernetes, lease, subscriptions, clock).read(request, options);
      Optional<Pod> here = onThisNode(situation);
      if (here.isPresent()) {
        situation = situation.with(onNode.look(here.get()));
        @Nullable TokenQuery query = Explainer.explain(situation).query();
        if (query != null) {
          situation = situation.with(ask(tokens.apply(kubernetes, userAgent), query));
        }
      }
      Report report = reportOf(Explainer.explain(situation));
      out.print(report.in(output));
      return report.isWell();
    }
  }

  private Optional<Pod> onThisNode(Situation situation) {
    return situation.cluster().pods().stream()
        .filter(pod -> pod.name().equals(request.pod()))
        .filter(pod -> !node.isEmpty() && node.equals(pod.nodeName()))
        .findAny();
  }

  private static Situation.Asked ask(TokenSource source, TokenQuery query) {
    try {
      var unused = source.fetch(query);
      return new Situation.Asked(null);
    } catch (PodIdentityException e) {
      return new Situation.Asked(e);
    }
  }

  private Report reportOf(Explanation explanation) {
    return new Report(
        "pod %s asks for %s".formatted(request.pod(), request.choice()),
        explanation.steps().stream()
            .map(
                step ->
                    new Report.Line(
                        step.part().word(), step.verdict(), step.code(), step.text(), step.next()))
            .toList());
  }
}
