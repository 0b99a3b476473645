package io.podidentity.harness.kube;

import io.podidentity.harness.CacheFolder;
import io.podidentity.harness.HarnessException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code helm} that {@code tests/helm/build.sh} makes in {@code
 * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/helm/VERSION}. A helm on the {@code PATH} is not
 * taken: what a chart is rendered to depends on the version.
 *
 * @param program the executable file
 */
public record HelmBinary(Path program) {

  /** The version that {@code tests/helm/go.mod} names too; a test compares them. */
  static final String VERSION = "v3.22.0";

  /**
   * Finds it.
   *
   * @throws HarnessException if it is not there; its message is {@link #missing()}'s
   */
  public static HelmBinary find() {
    String missing = missing();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return new HelmBinary(candidate(System.getenv()));
  }

  /** Why it cannot be found, and what to do; null if it can. */
  public static @Nullable String missing() {
    return missing(System.getenv());
  }

  static @Nullable String missing(Map<String, String> environment) {
    Path program = candidate(environment);
    return Files.isExecutable(program)
        ? null
        : program + " is missing: run tests/helm/build.sh (it needs Go and some minutes)";
  }

  static Path candidate(Map<String, String> environment) {
    return CacheFolder.of(environment).resolve("helm").resolve(VERSION).resolve("helm");
  }
}
