package io.podidentity.mic;

import io.podidentity.api.federation.FederationPlanner;
import io.podidentity.api.federation.FederationReport;
import io.podidentity.bin.OutputFormat;
import io.podidentity.k8s.FederationInventory;
import io.podidentity.k8s.KubernetesConnection;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code mic report workload-identity}: prints what a move to Azure Workload Identity needs. It
 * reads the cluster, and neither writes there nor asks Azure.
 */
final class ReportCommand {
  private ReportCommand() {}

  /**
   * Prints the report.
   *
   * @param kubeconfig null for the service account of the pod it runs in
   * @throws io.podidentity.api.PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the cluster
   *     does not say what there is
   */
  static void run(
      @Nullable Path kubeconfig,
      String userAgent,
      boolean forceNamespaced,
      OutputFormat output,
      PrintStream out) {
    try (KubernetesConnection kubernetes = KubernetesConnection.open(kubeconfig, userAgent)) {
      FederationReport report =
          new FederationPlanner(forceNamespaced).report(new FederationInventory(kubernetes).read());
      out.print(
          output == OutputFormat.JSON ? FederationJson.of(report) : FederationText.of(report));
    }
  }
}
