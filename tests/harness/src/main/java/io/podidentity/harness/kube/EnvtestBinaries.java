package io.podidentity.harness.kube;

import io.podidentity.harness.CacheFolder;
import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds {@code etcd}, {@code kube-apiserver} and {@code kubectl}: the one that the
 * environment variable {@code KUBEBUILDER_ASSETS} names (the convention of envtest), else the
 * newest version in the cache of {@code tests/envtest/build.sh}, which is {@code
 * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/envtest/VERSION}.
 *
 * @param folder holds all three
 */
public record EnvtestBinaries(Path folder) {

  private static final String VARIABLE = "KUBEBUILDER_ASSETS";
  private static final List<String> PROGRAMS = List.of("etcd", "kube-apiserver", "kubectl");

  /** The version that {@code tests/envtest/kubernetes-newest/go.mod} names too; a test compares. */
  static final String NEWEST = "v1.37.2";

  private static final String CONTROLLERS = "kube-controller-manager";
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /**
   * Finds them.
   *
   * @throws HarnessException if they are not there; its message is {@link #missing()}'s
   */
  public static EnvtestBinaries find() {
    String missing = missing();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return new EnvtestBinaries(candidate(System.getenv()));
  }

  /** Why they cannot be found, and what to do; null if they can. */
  public static @Nullable String missing() {
    return missing(System.getenv());
  }

  /**
   * Those of the newest Kubernetes, with its kube-controller-manager: what {@code
   * tests/envtest/build.sh --newest} makes in {@code
   * ${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/envtest-newest/VERSION}.
   *
   * @throws HarnessException if they are not there; its message is {@link #missingNewest()}'s
   */
  public static EnvtestBinaries findNewest() {
    String missing = missingNewest();
    if (missing != null) {
      throw new HarnessException(missing);
    }
    return new EnvtestBinaries(newestFolder(System.getenv()));
  }

  /** Why the newest ones cannot be found, and what to do; null if they can. */
  public static @Nullable String missingNewest() {
    return missingNewest(System.getenv());
  }

  static @Nullable String missingNewest(Map<String, String> environment) {
    Path folder = newestFolder(environment);
    boolean whole =
        Stream.concat(PROGRAMS.stream(), Stream.of(CONTROLLERS))
            .allMatch(name -> Files.isExecutable(folder.resolve(name)));
    return whole
        ? null
        : "Kubernetes "
            + NEWEST
            + " is missing in "
            + folder
            + ": run tests/envtest/build.sh --newest (it needs Go and some minutes)";
  }

  private static Path newestFolder(Map<String, String> environment) {
    return CacheFolder.of(environment).resolve("envtest-newest").resolve(NEWEST);
  }

  /** Why there is no kube-controller-manager beside them, and what to do; null if there is one. */
  public static @Nullable String missingControllerManager() {
    return missingControllerManager(System.getenv());
  }

  static @Nullable String missingControllerManager(Map<String, String> environment) {
    Path folder = candidate(environment);
    return Files.isExecutable(folder.resolve(CONTROLLERS))
        ? null
        : CONTROLLERS
            + " missing in "
            + folder
            + ": run tests/envtest/build.sh, which adds it to what its cache folder holds";
  }

  static @Nullable String missing(Map<String, String> environment) {
    Path folder = candidate(environment);
    List<String> absent =
        PROGRAMS.stream().filter(name -> !Files.isExecutable(folder.resolve(name))).toList();
    if (absent.isEmpty()) {
      return null;
    }
    return String.join(", ", absent)
        + " missing in "
        + folder
        + ": run tests/envtest/build.sh (it needs Go and some minutes), or point "
        + VARIABLE
        + " at a folder that holds etcd, kube-apiserver and kubectl";
  }

  /** The folder that counts; for the cache without any version, the cache itself. */
  static Path candidate(Map<String, String> environment) {
    String named = environment.get(VARIABLE);
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    return newest(CacheFolder.of(environment).resolve("envtest"));
  }

  private static Path newest(Path versions) {
    if (!Files.isDirectory(versions)) {
      return versions;
    }
    try (Stream<Path> folders = Files.list(versions)) {
      // A version whose build is under way is not whole yet.
      return folders
          .filter(folder -> PROGRAMS.stream().allMatch(p -> Files.isExecutable(folder.resolve(p))))
          .max(Comparator.comparing(EnvtestBinaries::version))
          .orElse(versions);
    } catch (IOException e) {
      throw new UncheckedIOException("looking into " + versions, e);
    }
  }

  /** A text that sorts as the folder's version does: v1.9.10 before v1.34.4. */
  private static String version(Path folder) {
    return NUMBER
        .matcher(folder.getFileName().toString())
        .results()
        .map(number -> "0".repeat(Math.max(0, 9 - number.group().length())) + number.group())
        .collect(Collectors.joining("."));
  }

  Path etcd() {
    return folder.resolve("etcd");
  }

  Path kubeApiServer() {
    return folder.resolve("kube-apiserver");
  }

  Path kubeControllerManager() {
    return folder.resolve(CONTROLLERS);
  }

  Path kubectl() {
    return folder.resolve("kubectl");
  }
}
