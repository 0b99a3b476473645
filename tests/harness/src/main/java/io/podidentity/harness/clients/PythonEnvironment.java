package io.podidentity.harness.clients;

import io.podidentity.harness.CacheFolder;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Python environment with {@code azure-identity} that {@code tests/clients/python/build.sh}
 * makes in {@code ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/clients/python}.
 *
 * @param folder holds {@code bin/python}
 */
public record PythonEnvironment(Path folder) {

  private static final Duration IMPORT_LIMIT = Duration.ofSeconds(60);
  private static final String ADVICE =
      ": run tests/clients/python/build.sh (it needs Python with venv and the package index)";

  /**
   * Finds it.
   *
   * @throws HarnessException if it is not there; its message is {@link #missing()}'s
   */
  public static PythonEnvironment find() {
    PythonEnvironment environment = candidate();
    String missing = environment.lack();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return environment;
  }

  /** Why it cannot be used, and what to do; null if it can. */
  public static @Nullable String missing() {
    return candidate().lack();
  }

  /** The interpreter whose packages are the environment's. */
  public Path python() {
    return folder.resolve("bin").resolve("python");
  }

  private static PythonEnvironment candidate() {
    return new PythonEnvironment(
        CacheFolder.of(System.getenv()).resolve("clients").resolve("python"));
  }

  @Nullable String lack() {
    // The script writes this file when all is there.
    if (!Files.exists(folder.resolve("requirements.txt"))) {
      return "no Python environment in " + folder + ADVICE;
    }
    try {
      Command.of(python().toString(), "-I", "-c", "import azure.identity")
          .withTimeout(IMPORT_LIMIT)
          .output();
      return null;
    } catch (HarnessException e) {
      return "azure-identity does not work in " + folder + ADVICE + "; seen: " + lastLine(e);
    }
  }

  private static String lastLine(HarnessException e) {
    return String.valueOf(e.getMessage()).lines().reduce("", (before, line) -> line);
  }
}
