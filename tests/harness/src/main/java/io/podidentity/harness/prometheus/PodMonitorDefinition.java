package io.podidentity.harness.prometheus;

import io.podidentity.harness.CacheFolder;
import io.podidentity.harness.HarnessException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The definition of the custom resource {@code PodMonitor}, as the operator of Prometheus ships it,
 * which {@code tests/prometheus/operator.sh} puts into {@code
 * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/prometheus-operator/VERSION}.
 *
 * @param file a manifest
 */
public record PodMonitorDefinition(Path file) {

  /** The version that {@code tests/prometheus/operator.sh} names too; a test compares them. */
  static final String VERSION = "v0.85.0";

  /**
   * Finds it.
   *
   * @throws HarnessException if it is not there; its message is {@link #missing()}'s
   */
  public static PodMonitorDefinition find() {
    String missing = missing();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return new PodMonitorDefinition(candidate(System.getenv()));
  }

  /** Why it cannot be found, and what to do; null if it can. */
  public static @Nullable String missing() {
    return missing(System.getenv());
  }

  static @Nullable String missing(Map<String, String> environment) {
    Path file = candidate(environment);
    return Files.isRegularFile(file)
        ? null
        : file + " is missing: run tests/prometheus/operator.sh (it needs Go)";
  }

  static Path candidate(Map<String, String> environment) {
    return CacheFolder.of(environment)
        .resolve("prometheus-operator")
        .resolve(VERSION)
        .resolve("podmonitors.yaml");
  }
}
