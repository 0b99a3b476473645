package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a pod's requests are redirected: sends one from the pod's network namespace, so that it
 * goes the way of the pod's own packets, and looks who answers. The request is one that both NMI
 * and the metadata service refuse, because it lacks {@code Metadata: true} and a resource: no token
 * comes of it. Needs root and {@code nsenter}; it takes as long as a JVM takes to start, and up to
 * the limit more. Immutable.
 */
public final class PodPath {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Who answered. */
  public enum Answer {
    /** NMI: pods' requests are redirected. */
    NMI("redirected: NMI answers"),
    /** Somebody else: the request passed the redirect, and the lockdown if there is one. */
    OTHER(
        "NOT redirected: not NMI answers, but the metadata service itself, whose identities are the"
            + " node's; nmi rules --print shows the rules that should be there, and a network"
            + " plugin that takes packets past the node's own stack (eBPF host routing, ipvlan,"
            + " macvlan, SR-IOV) passes them"),
    /** Nobody: the connection was refused, or there is no way. */
    REFUSED(
        "kept away: the connection is refused; NMI does not run, or there is no redirect and the"
            + " lockdown holds"),
    /** Nobody, until the time limit. */
    SILENT(
        "no answer: NMI hangs, or look whether route_localnet is off on the pod's interface of the node"
            + " (--redirect-target), or a network policy drops the packets");

    private final String meaning;

    Answer(String meaning) {
      this.meaning = meaning;
    }

    /** What that means, in one line, and what to do about it. */
    public String meaning() {
      return meaning;
    }
  }

  private final String metadataAddress;
  private final int metadataPort;
  private final String header;

  /**
   * A request that is not sent yet.
   *
   * @param metadataAddress the metadata service's IPv4 address in dotted form
   * @param metadataPort its port
   * @param header the name of a header that NMI's refusals have and those of the metadata service
   *     do not
   */
  public PodPath(String metadataAddress, int metadataPort, String header) {
    RedirectRules.checkAddress(metadataAddress, "metadataAddress");
    this.metadataAddress = metadataAddress;
    this.metadataPort = metadataPort;
    this.header = header;
  }

  /**
   * Sends it.
   *
   * @param namespace the file of the pod's network namespace, such as {@code /var/run/netns/NAME}
   *     or {@code /proc/PID/ns/net}
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if that cannot be entered
   */
  public Answer from(Path namespace) {
    return from(namespace, LIMIT);
  }

  Answer from(Path namespace, Duration limit) {
    List<String> arguments =
        List.of(
            "--net=" + namespace,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            PodPathMain.class.getName(),
            metadataAddress,
            Integer.toString(metadataPort),
            header,
            Long.toString(limit.toMillis()));
    List<String> said = new ArrayList<>();
    NodePrograms.HERE.tool("nsenter").run(arguments, "", said::add);
    for (Answer answer : Answer.values()) {
      if (said.contains(word(answer))) {
        return answer;
      }
    }
    throw new PodIdentityException(
        ErrorReason.REDIRECT_FAILED, "the request from " + namespace + " was not sent: " + said);
  }

  static String word(Answer answer) {
    return answer.name().toLowerCase(Locale.ROOT);
  }
}
