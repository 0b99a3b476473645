package io.podidentity.harness.parts;

import io.podidentity.harness.HarnessException;
import io.podidentity.harness.clients.PythonEnvironment;
import io.podidentity.harness.kube.EnvtestBinaries;
import io.podidentity.harness.kube.HelmBinary;
import io.podidentity.harness.net.Cable;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.prometheus.PodMonitorDefinition;
import io.podidentity.harness.prometheus.PrometheusBinaries;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a part works by using it. Each gives null, or what is missing and what to do.
 */
final class Probes {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final String NETWORKD = "/lib/systemd/systemd-networkd";

  private static final Object LOCK = new Object();
  private static final Map<RealPart, Optional<String>> KNOWN = new EnumMap<>(RealPart.class);

  private Probes() {}

  /** Looks once in this JVM's life. */
  static @Nullable String missing(RealPart part) {
    synchronized (LOCK) {
      Optional<String> known = KNOWN.get(part);
      if (known == null) {
        known = Optional.ofNullable(probe(part));
        KNOWN.put(part, known);
      }
      return known.orElse(null);
    }
  }

  private static @Nullable String probe(RealPart part) {
    return switch (part) {
      case KUBE_APISERVER -> EnvtestBinaries.missing();
      case KUBE_CONTROLLER_MANAGER -> EnvtestBinaries.missingControllerManager();
      case NEWEST_KUBERNETES -> EnvtestBinaries.missingNewest();
      case NETWORK_NAMESPACES -> networkNamespaces();
      case IPTABLES_NFT -> iptables("iptables-nft");
      case IPTABLES_LEGACY -> iptables("iptables-legacy");
      case CONNTRACK ->
          works("conntrack", "--version")
              ? null
              : "conntrack is missing: install it (Debian: conntrack)";
      case CURL -> curl();
      case SYSTEMD ->
          works("systemd-analyze", "--version") && works(NETWORKD, "--version")
              ? null
              : "systemd-analyze or " + NETWORKD + " is missing: install it (Debian: systemd)";
      case HELM -> HelmBinary.missing();
      case PROMETHEUS -> PrometheusBinaries.missing();
      case POD_MONITOR_DEFINITION -> PodMonitorDefinition.missing();
      case AZURE_IDENTITY_FOR_PYTHON -> PythonEnvironment.missing();
      case IMAGES -> UnpackedImages.missing();
      case CONTAINER_ENGINE -> containerEngine();
    };
  }

  private static @Nullable String networkNamespaces() {
    try (NetworkNamespace one = NetworkNamespace.create("probe");
        NetworkNamespace other = NetworkNamespace.create("probe")) {
      Cable.connect(one.device("eth0"), other.device("eth0"));
      return null;
    } catch (HarnessException e) {
      return "network namespaces cannot be made: run as root on Linux with 'ip' installed"
          + " (Debian: iproute2); seen: "
          + oneLine(e);
    }
  }

  private static @Nullable String iptables(String program) {
    String namespaces = RealPart.NETWORK_NAMESPACES.missing();
    if (namespaces != null) {
      return namespaces;
    }
    try (NetworkNamespace namespace = NetworkNamespace.create("probe")) {
      namespace.exec(program, "-w", "-t", "nat", "-N", "probe");
      return null;
    } catch (HarnessException e) {
      return program
          + " does not work: install it (Debian: iptables), on a kernel with its nat table; seen: "
          + oneLine(e);
    }
  }

  private static @Nullable String curl() {
    return works("curl", "--version") ? null : "curl is missing: install it (Debian: curl)";
  }

  private static @Nullable String containerEngine() {
    boolean found =
        List.of("docker", "podman").stream()
            .anyMatch(engine -> works(engine, "version", "--format", "{{.Server.Version}}"));
    return found
        ? null
        : "no container engine answers: start Docker or Podman to run the tests on K3s";
  }

  static boolean works(String... words) {
    try {
      return Command.of(words).withTimeout(LIMIT).run().exitCode() == 0;
    } catch (HarnessException e) {
      return false;
    }
  }

  private static String oneLine(HarnessException e) {
    return String.join(" ", String.valueOf(e.getMessage()).lines().toList());
  }
}
