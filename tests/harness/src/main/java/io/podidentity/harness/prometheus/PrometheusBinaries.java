package io.podidentity.harness.prometheus;

import io.podidentity.harness.CacheFolder;
import io.podidentity.harness.HarnessException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The programs that {@code tests/prometheus/fetch.sh} puts into {@code
 * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/prometheus}.
 *
 * @param folder holds them
 */
public record PrometheusBinaries(Path folder) {

  /**
   * Finds them.
   *
   * @throws HarnessException if they are not there; its message is {@link #missing()}'s
   */
  public static PrometheusBinaries find() {
    String missing = missing();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return candidate(System.getenv());
  }

  /** Why they cannot be found, and what to do; null if they can. */
  public static @Nullable String missing() {
    return missing(System.getenv());
  }

  static @Nullable String missing(Map<String, String> environment) {
    PrometheusBinaries candidate = candidate(environment);
    boolean there =
        Files.isExecutable(candidate.server()) && Files.isExecutable(candidate.promtool());
    return there
        ? null
        : "prometheus or promtool is missing in "
            + candidate.folder
            + ": run tests/prometheus/fetch.sh (it needs apt)";
  }

  /** The server, an executable file. */
  public Path server() {
    return folder.resolve("prometheus");
  }

  /** The tool that checks and tests rules, an executable file. */
  public Path promtool() {
    return folder.resolve("promtool");
  }

  private static PrometheusBinaries candidate(Map<String, String> environment) {
    return new PrometheusBinaries(CacheFolder.of(environment).resolve("prometheus"));
  }
}
