package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A redirect that also takes the connections from before it: the kernel decides about a connection
 * once, and forgets the decision when the entry in its table is deleted. Done once, when the
 * redirect is in place; a failure is logged and no more. Needs the program conntrack. Thread-safe
 * if the redirect is.
 */
public final class ConntrackDeletion implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(ConntrackDeletion.class);

  private static final Pattern DELETED = Pattern.compile("(\\d+) flow entries have been deleted");

  private final RuleSet redirect;
  private final List<String> arguments;
  private final NodeTool conntrack;
  private final Object lock = new Object();
  private boolean done;

  /**
   * A redirect and what is done after it.
   *
   * @param rules say which connections
   */
  public ConntrackDeletion(RuleSet redirect, RedirectRules rules, NodePrograms programs) {
    this.redirect = redirect;
    this.arguments =
        List.of(
            "-D",
            "-p",
            "tcp",
            "-d",
            rules.metadataAddress(),
            "--dport",
            Integer.toString(rules.metadataPort()));
    this.conntrack = programs.tool("conntrack");
  }

  @Override
  public String name() {
    return redirect.name();
  }

  @Override
  public String text() {
    return redirect.text() + "# conntrack " + String.join(" ", arguments) + "\n";
  }

  @Override
  public void check() {
    redirect.check();
  }

  @Override
  public boolean ensure() {
    synchronized (lock) {
      boolean changed = redirect.ensure();
      if (!done) {
        done = true;
        delete();
      }
      return changed;
    }
  }

  @Override
  public void remove() {
    redirect.remove();
  }

  private void delete() {
    try {
      // It exits with 1 if there was nothing to delete.
      Command.Result result = conntrack.attempt(arguments, "", line -> {});
      OptionalInt deleted = deleted(result.errors());
      if (deleted.isPresent()) {
        log.info("connections from before the redirect are cut count={}", deleted.getAsInt());
      } else {
        log.warn(
            "connections from before the redirect are not cut error={}",
            Failures.quote(result.errors()));
      }
    } catch (PodIdentityException e) {
      log.warn("connections from before the redirect are not cut error={}", e.getMessage());
    }
  }

  static OptionalInt deleted(String errors) {
    return DELETED
        .matcher(errors)
        .results()
        .map((MatchResult result) -> result.group(1))
        .mapToInt(Integer::parseInt)
        .findFirst();
  }
}
