package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a pod's network namespace by the results that the network plugins left on the node
 * (libcni's cache): they name the pod, and the namespace as {@code sandbox}.
 */
public final class PodSandbox {
  private static final String ARGUMENT = "\"%s\"\\s*,\\s*\"%s\"";
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
    Pattern ofPod = argument("K8S_POD_NAME", name);
    Pattern ofNamespace = argument("K8S_POD_NAMESPACE", namespace);
    Set<String> found = new TreeSet<>();
    if (Files.isDirectory(results)) {
      try (Stream<Path> files = Files.list(results)) {
        files
            .map(PodSandbox::text)
            .filter(text -> ofPod.matcher(text).find() && ofNamespace.matcher(text).find())
            .forEach(text -> addSandboxes(text, found));
      } catch (IOException | UncheckedIOException e) {
        throw failure(results + " cannot be read: " + e.getMessage());
      }
    }
    // A former sandbox of the pod may be named too; its file is gone.
    found.removeIf(sandbox -> !Files.exists(Path.of(sandbox)));
    if (found.size() != 1) {
      throw failure(
          "the network namespace of %s/%s is not known (%s names %d): give its file instead, such as"
                  .formatted(namespace, name, results, found.size())
              + " /proc/PID/ns/net of one of its processes");
    }
    return Path.of(found.iterator().next());
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
