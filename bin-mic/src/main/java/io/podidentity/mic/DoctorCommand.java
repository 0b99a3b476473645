package io.podidentity.mic;

import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.assignment.PlannedStep;
import io.podidentity.api.explain.Finding;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.azure.arm.ArmClients;
import io.podidentity.azure.arm.ArmRights;
import io.podidentity.azure.arm.NodeTargets;
import io.podidentity.azure.config.AllowedSubscriptions;
import io.podidentity.azure.config.AzureCloud;
import io.podidentity.bin.Findings;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.Report;
import io.podidentity.bin.ScheduledTimer;
import io.podidentity.k8s.ClusterHealth;
import io.podidentity.k8s.KubernetesClusterView;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.Right;
import io.podidentity.k8s.ServedDefinitions;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * {@code mic doctor}: what is the matter with MIC, its rights at the API server and in Azure, and
 * what it keeps. It writes nothing; of Azure it reads the machines of the cluster's nodes, and asks
 * what MIC may do there.
 */
final class DoctorCommand {
  /** More of a kind say nothing new. */
  private static final int SHOWN = 20;

  private final MicOptions options;
  private final String userAgent;
  private final Duration atMost;
  private final long start = System.nanoTime();
  private final Findings found = new Findings();

  /**
   * A doctor for a MIC that is told the same.
   *
   * @param atMost how long to wait for the cluster's objects and for Azure, together
   */
  DoctorCommand(MicOptions options, String userAgent, Duration atMost) {
    this.options = options;
    this.userAgent = userAgent;
    this.atMost = atMost;
  }

  /**
   * Looks at all, and prints what it found.
   *
   * @return whether nothing is wrong
   */
  boolean run(OutputFormat output, Clock clock, PrintStream out) {
    found.look("settings", this::settings);
    found.look("cluster", part -> cluster(clock));
    Report report = found.report("MIC");
    out.print(report.in(output));
    return report.isWell();
  }

  private void settings(String part) {
    // Read and checked when the options were made.
    AzureCloud cloud = AzureCloud.named(options.cloud().cloud(), options.customCloud());
    found.ok(
        part,
        "azure.json or the environment can be used: %s, Azure at %s"
            .formatted(options.cloud(), cloud.resourceManagerEndpoint()));
  }

  private void cluster(Clock clock) {
    try (KubernetesConnection kubernetes =
        KubernetesConnection.open(options.kubeconfig(), userAgent)) {
      ClusterHealth health = new ClusterHealth(kubernetes);
      found.clock("clock", "the API server", health.ahead(clock));
      List<Right> needed =
          Right.ofMic(options.lease(), options.typeUpgrade(), options.startupTaint() != null);
      found.rights("permissions", health.missing(needed));
      found.definitions("definitions", new ServedDefinitions(kubernetes).missing());
      found.look("objects", part -> objects(kubernetes, clock));
    }
  }

  private void objects(KubernetesConnection kubernetes, Clock clock) {
    AllowedSubscriptions subscriptions =
        new AllowedSubscriptions(options::cloud, options.assignment().subscriptions());
    try (KubernetesClusterView view =
        new KubernetesClusterView(
            kubernetes, new NodeTargets(options::cloud, subscriptions), clock)) {
      var unused = view.start();
      view.awaitSynced(left());
      ClusterSnapshot cluster = view.snapshot();
      records(cluster);
      azure(cluster, subscriptions, clock);
    }
  }

  /** What nothing desires any more; a MIC that works takes it off soon. */
  private void records(ClusterSnapshot cluster) {
    AssignmentPlan plan =
        new AssignmentPlanner(
                options
                    .assignment()
                    .planner(options.forceNamespaced(), options.cloud().userAssignedIdentityId()))
            .plan(cluster);
    List<PlannedStep> orphans =
        new PlanReasons(cluster, options.forceNamespaced())
            .of(plan).stream().filter(DoctorCommand::isOrphaned).toList();
    orphans.stream()
        .limit(SHOWN)
        .forEach(
            step ->
                found.add(
                    "records",
                    Verdict.WARNING,
                    Finding.RECORD_ORPHANED.code(),
                    "%s is left over: %s".formatted(step.record(), step.why()),
                    "mic plan"));
    if (orphans.isEmpty()) {
      found.ok("records", "%d records, none left over".formatted(cluster.records().size()));
    } else if (orphans.size() > SHOWN) {
      found.add(
          "records",
          Verdict.WARNING,
          Finding.RECORD_ORPHANED.code(),
          "%d records are left over".formatted(orphans.size()),
          "mic plan");
    }
  }

  private static boolean isOrphaned(PlannedStep step) {
    return step.action() == PlannedStep.Action.RELEASE
        || step.action() == PlannedStep.Action.REMOVE;
  }

  private void azure(ClusterSnapshot cluster, AllowedSubscriptions subscriptions, Clock clock) {
    for (Node node : cluster.nodes()) {
      if (node.target() == null && node.initialized()) {
        found.add(
            "machines",
            Verdict.WARNING,
            Finding.NODE_WITHOUT_TARGET.code(),
            "nothing can be assigned to node %s: its provider ID names no machine that MIC may change"
                .formatted(node.name()),
            "kubectl get node %s -o jsonpath={.spec.providerID}".formatted(node.name()));
      }
    }
    AzureCloud cloud = AzureCloud.named(options.cloud().cloud(), options.customCloud());
    ArmClients clients =
        new ArmClients(
            cloud, options.access(), Mic.IMDS, userAgent, options.assignment().arm(), clock);
    try (ScheduledTimer timer = new ScheduledTimer("doctor")) {
      ComputeIdentities azure =
          clients.computeIdentities(
              options::cloud, subscriptions, timer, Telemetry.NOOP, WriteGuard.NONE);
      ArmRights rights = clients.rights(options.cloud());
      int most = options.assignment().identitiesPerTarget();
      new AzureDoctor(azure, rights, most, this::left, found).look(cluster);
    }
  }

  private Duration left() {
    Duration left = atMost.minusNanos(System.nanoTime() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
