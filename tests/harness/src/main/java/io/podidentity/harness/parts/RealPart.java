package io.podidentity.harness.parts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Something real that a test needs and a machine may lack. What was needed, and whether it was
 * there, is written into the folder named by the system property {@code podidentity.realParts.dir}
 * (default: {@code podidentity-real-parts} in the JVM's temporary folder), as {@code PART.present}
 * or {@code PART.missing}; the latter holds the sentence that says what to do.
 *
 * <p>With the system property {@code podidentity.realParts=required} a missing part fails the test
 * instead of skipping it. {@link #CONTAINER_ENGINE} alone is never demanded.
 */
public enum RealPart {

  /** kube-apiserver, etcd and kubectl. */
  KUBE_APISERVER,
  /** The kube-controller-manager of the same version. */
  KUBE_CONTROLLER_MANAGER,
  /** All of these of the newest Kubernetes that is built here. */
  NEWEST_KUBERNETES,
  /** Network namespaces and veth pairs: root and {@code ip}. */
  NETWORK_NAMESPACES,
  /** iptables on nftables, working in a namespace. */
  IPTABLES_NFT,
  /** The older iptables, working in a namespace. */
  IPTABLES_LEGACY,
  /** The program of the kernel's table of connections. */
  CONNTRACK,
  /** curl. */
  CURL,
  /** systemd's programs, as Debian installs them; systemd itself need not run. */
  SYSTEMD,
  /** Helm, of one version. */
  HELM,
  /** The server of Prometheus, and promtool. */
  PROMETHEUS,
  /** What the operator of Prometheus defines a PodMonitor to be. */
  POD_MONITOR_DEFINITION,
  /** Azure's SDK for Python: {@code azure-identity} in an environment of its own. */
  AZURE_IDENTITY_FOR_PYTHON,
  /** The images of this build, unpacked, and what starts a container of them. */
  IMAGES,
  /** Docker or Podman with its service running. */
  CONTAINER_ENGINE;

  /**
   * Why this machine lacks it, and what to do; null if it has it. The first call looks (up to some
   * hundred milliseconds), later ones remember.
   */
  public @Nullable String missing() {
    return Probes.missing(this);
  }

  /**
   * Goes on if the part is there, and records that; records it too if it is not.
   *
   * @throws AssertionError if it is missing and required
   * @throws org.opentest4j.TestAbortedException if it is missing and not required
   */
  public void require() {
    String reason = PartRecords.configured().settle(this, missing());
    if (reason != null) {
      Assumptions.abort(reason);
    }
  }

  /** Its name in files and reports, such as {@code kube-apiserver}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isNeverDemanded() {
    return this == CONTAINER_ENGINE;
  }
}
