package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first layer of the lockdown, in policy routing: packets to the metadata service that the node
 * itself did not send are prohibited. No flush of netfilter's rules reaches it. A redirected packet
 * has another destination by the time it is routed, so it is left alone.
 *
 * <p>Ours are known by the number of their protocol, which is a mark that the kernel keeps for
 * whoever makes rules. Needs iproute2 and Linux 4.17 or newer. Thread-safe.
 */
final class PolicyRules implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(PolicyRules.class);

  /** Before those of any network plugin; several rules may have one place. */
  private static final int FIRST = 1;

  /** Nobody's in iproute2's list. */
  private static final String MARK = "169";

  private static final int TRIES = 3;

  private final List<String> wanted;
  private final NodeTool ip;
  private final Object lock = new Object();

  PolicyRules(String metadataAddress, NodePrograms programs) {
    // As ip lists them; it takes the same words to add or delete one.
    this.wanted =
        List.of(
            "%d: from all to %s iif lo goto %d proto %s"
                .formatted(FIRST, metadataAddress, FIRST + 2, MARK),
            "%d: from all to %s prohibit proto %s".formatted(FIRST + 1, metadataAddress, MARK),
            "%d: from all to %s nop proto %s".formatted(FIRST + 2, metadataAddress, MARK));
    this.ip = programs.tool("ip");
  }

  @Override
  public String name() {
    return "lockdown by routing";
  }

  @Override
  public String text() {
    return "# ip -4 -batch -\n" + batch(List.of(), wanted);
  }

  /** Reads: ip has no way to try. */
  @Override
  public void check() {
    var unused = own();
  }

  @Override
  public boolean ensure() {
    return settle(wanted, "written");
  }

  @Override
  public void remove() {
    settle(List.of(), "removed");
  }

  private boolean settle(List<String> target, String verb) {
    synchronized (lock) {
      List<String> found = own();
      for (int tries = 0; tries < TRIES; tries++) {
        if (found.equals(target)) {
          return tries > 0;
        }
        @Nullable PodIdentityException failure = write(batch(found, target));
        List<String> now = own();
        if (failure != null && now.equals(found)) {
          throw failure;
        }
        log.info("rules {} set=\"{}\"", verb, name());
        found = now;
      }
      if (found.equals(target)) {
        return true;
      }
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          "the routing rules that keep pods from the metadata service are changed as soon as they"
              + " are written: look for another program that does so (ip rule)");
    }
  }

  private @Nullable PodIdentityException write(String batch) {
    try {
      ip.run(List.of("-4", "-batch", "-"), batch, line -> {});
      return null;
    } catch (PodIdentityException e) {
      return e;
    }
  }

  /**
   * Adds before it deletes, so that there is no moment without; and the prohibition is added last
   * and deleted first, so that there is none in which the node itself is kept away.
   */
  private static String batch(List<String> found, List<String> target) {
    List<String> surplus = new ArrayList<>(found);
    List<String> missing = target.stream().filter(rule -> !surplus.remove(rule)).toList();
    return commands("add", prohibitions(missing, false))
        + commands("add", prohibitions(missing, true))
        + commands("del", prohibitions(surplus, true))
        + commands("del", prohibitions(surplus, false));
  }

  private static List<String> prohibitions(List<String> rules, boolean wanted) {
    return rules.stream().filter(rule -> rule.contains(" prohibit ") == wanted).toList();
  }

  private static String commands(String verb, List<String> rules) {
    return rules.stream()
        .map(rule -> "rule %s %s\n".formatted(verb, words(rule)))
        .collect(Collectors.joining());
  }

  private static String words(String rule) {
    return "pref " + rule.replaceFirst(":", "");
  }

  /** Ours, in the kernel's order. */
  private List<String> own() {
    return ip.lines("-4", "rule", "show").stream()
        // A stranger took what it leads to.
        .map(line -> line.strip().replaceAll("\\s+", " ").replace(" [unresolved]", ""))
        .filter(line -> line.endsWith(" proto " + MARK))
        .toList();
  }
}
