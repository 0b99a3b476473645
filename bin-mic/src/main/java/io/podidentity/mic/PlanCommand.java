package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.azure.arm.NodeTargets;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.k8s.KubernetesClusterView;
import io.podidentity.k8s.KubernetesConnection;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;

/**
 * {@code mic plan}: prints what MIC would do now, and why. It reads the cluster, and neither writes
 * there nor asks Azure; so it does not know which identities a machine has already.
 */
final class PlanCommand {
  private PlanCommand() {}

  /**
   * Prints the plan.
   *
   * @param atMost how long to wait for the cluster's objects
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the cluster
   *     does not say by then what there is; the log says why
   */
  static void run(
      MicOptions options, String userAgent, Duration atMost, PlanFormat output, PrintStream out) {
    AssignmentOptions work = options.assignment();
    NodeTargets targets =
        new NodeTargets(
            options::cloud, new AllowedSubscriptions(options::cloud, work.subscriptions()));
    try (KubernetesConnection kubernetes =
            KubernetesConnection.open(options.kubeconfig(), userAgent);
        KubernetesClusterView view =
            new KubernetesClusterView(kubernetes, targets, Clock.systemUTC())) {
      var unused = view.start();
      view.awaitSynced(atMost);
      ClusterSnapshot snapshot = view.snapshot();
      AssignmentPlan plan =
          new AssignmentPlanner(
                  work.planner(options.forceNamespaced(), options.cloud().userAssignedIdentityId()))
              .plan(snapshot);
      out.print(output.of(plan, new PlanReasons(snapshot, options.forceNamespaced()).of(plan)));
    }
  }
}
