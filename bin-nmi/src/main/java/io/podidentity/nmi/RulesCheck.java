package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.iptables.PodPath;
import io.podidentity.iptables.PodSandbox;
import io.podidentity.iptables.SourcePins;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command {@code nmi rules --check}: what keeps the rules from being written, and who answers a
 * pod. Writes nothing on the node.
 *
 * @param rules those that would be written
 * @param metadata where pods ask
 * @param pod {@code NAMESPACE/NAME}, or the file of a network namespace, which begins with {@code
 *     /}; empty for none
 */
record RulesCheck(OwnRules rules, NmiOptions.Metadata metadata, String pod) {

  /**
   * Prints a line for each thing that was found.
   *
   * @return whether all is well
   * @throws PodIdentityException if the pod's network namespace cannot be found or entered
   */
  boolean run(PrintStream out) {
    List<String> problems = problems();
    problems.forEach(problem -> out.println("problem: " + problem));
    if (problems.isEmpty()) {
      out.println("the rules can be written");
    }
    boolean redirected = pod.isEmpty() || isRedirected(out);
    return problems.isEmpty() && redirected;
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>(ruleProblems());
    int off = rules.interfacesWithoutRouteLocalnet();
    if (off > 0) {
      problems.add(
          "route_localnet is off on %d interfaces: set net.ipv4.conf.all.route_localnet=1, or use"
                  .formatted(off)
              + " --redirect-target");
    }
    return problems;
  }

  /** What keeps the rules from being written, but for {@code route_localnet}. */
  List<String> ruleProblems() {
    Optional<String> rights = rules.missingRights();
    if (rights.isPresent()) {
      // Each program would say so in its own words.
      return List.of(rights.get());
    }
    try {
      rules.kept().check();
      return List.of();
    } catch (PodIdentityException e) {
      return Problems.of(e);
    }
  }

  /** The way of a pod's requests. */
  PodPath path() {
    return new PodPath(metadata.ip(), metadata.port(), Refusal.CODE_HEADER);
  }

  /**
   * Who answers the pod.
   *
   * @throws PodIdentityException if its network namespace cannot be found or entered
   */
  PodPath.Answer answer() {
    return path().from(namespace());
  }

  private boolean isRedirected(PrintStream out) {
    PodPath.Answer answer = answer();
    out.println(pod + ": " + answer.meaning());
    return answer == PodPath.Answer.NMI;
  }

  private Path namespace() {
    int slash = pod.indexOf('/');
    if (slash < 0) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID, "--pod must be NAMESPACE/NAME or a file: " + pod);
    }
    return slash == 0
        ? Path.of(pod)
        : PodSandbox.find(SourcePins.RESULTS, pod.substring(0, slash), pod.substring(slash + 1));
  }
}
