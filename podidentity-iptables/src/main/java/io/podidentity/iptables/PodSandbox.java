package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds a pod's network namespace by the results that the network plugins left on the node
 * (libcni's cache): they name the pod, and the namespace as {@code sandbox}.
 */
public final class PodSandbox {
  private static final String ARGUMENT = "\"%s\"\\s*,\\s*\"%s\"";

  /**
   * The file system of the node's first process, which a privileged container sees that has the
   * node's processes; of another one it is the container's own.
   */
  private static final Path NODE = Path.of("/proc/1/root");

  private static final Pattern SANDBOX = Pattern.compile("\"sandbox\"\\s*:\\s*\"(/[^\"]+)\"");

  private PodSandbox() {}

  /**
   * The file of the namespace, such as {@code /var/run/netns/cni-…}.
   *
   * @param results the folder of the results
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if there is not exactly one; the
   *     message says what else can be named
   */
  public static Path find(Path results, String namespace, String name) {
    return find(List.of(Path.of("/"), NODE), results, namespace, name);
  }

  /**
   * The same in the first of several file systems that has it.
   *
   * @param roots where those begin
   */
  static Path find(List<Path> roots, Path results, String namespace, String name) {
    int most = 0;
    for (Path root : roots) {
      Set<Path> found = named(root, results, namespace, name);
      if (found.size() == 1) {
        return found.iterator().next();
      }
      most = Math.max(most, found.size());
    }
    throw failure(
        "the network namespace of %s/%s is not known (%s names %d that are here): it is seen on the"
                .formatted(namespace, name, results, most)
            + " node, or in a privileged container that has the node's processes; else give its"
            + " file, such as /proc/PID/ns/net of one of its processes");
  }

  private static Set<Path> named(Path root, Path results, String namespace, String name) {
    Path folder = in(root, results.toString());
    Pattern ofPod = argument("K8S_POD_NAME", name);
    Pattern ofNamespace = argument("K8S_POD_NAMESPACE", namespace);
    Set<String> found = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(PodSandbox::text)
            .filter(text -> ofPod.matcher(text).find() && ofNamespace.matcher(text).find())
            .forEach(text -> addSandboxes(text, found));
      } catch (IOException | UncheckedIOException e) {
        throw failure(folder + " cannot be read: " + e.getMessage());
      }
    }
    // A former sandbox of the pod may be named too; its file is gone.
    return found.stream()
        .map(sandbox -> in(root, sandbox))
        .filter(Files::exists)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** /var/run is a link to /run, which would lead to the /run of this file system. */
  private static Path in(Path root, String path) {
    return root.resolve(path.replaceFirst("^/var/run/", "/run/").substring(1));
  }

  private static void addSandboxes(String text, Set<String> found) {
    Matcher sandbox = SANDBOX.matcher(text);
    while (sandbox.find()) {
      found.add(sandbox.group(1));
    }
  }

  private static Pattern argument(String key, String value) {
    return Pattern.compile(ARGUMENT.formatted(key, Pattern.quote(value)));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PodIdentityException failure(String message) {
    return new PodIdentityException(ErrorReason.REDIRECT_FAILED, message);
  }
}
