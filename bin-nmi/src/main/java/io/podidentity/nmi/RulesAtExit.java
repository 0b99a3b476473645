package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of the rules when NMI ends. They are left to any other NMI of this node; the
 * last one removes them.
 *
 * @param policy what it was told
 * @param isDeleted whether NMI's DaemonSet was seen deleted, after waiting so long for news of it
 * @param rules all that NMI may have on this node
 */
record RulesAtExit(OnExit policy, Predicate<Duration> isDeleted, NodeRules rules) {
  private static final Logger log = LoggerFactory.getLogger(RulesAtExit.class);

  /** The news of a DaemonSet's deletion comes before that of its pods', but not by much. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Whether they are to be removed. Asked first, while the cluster is still followed. */
  boolean areToBeRemoved() {
    return switch (policy) {
      case KEEP -> false;
      case REMOVE -> true;
      case AUTO -> isDeleted.test(PATIENCE);
    };
  }

  /**
   * Removes them, when nothing of this NMI looks after them any more and its {@link NodeShare} is
   * given back.
   */
  void remove() {
    if (!NodeShare.doAlone(this::removeAll)) {
      log.info("another NMI is on this node: the rules are left to it");
    }
  }

  private void removeAll() {
    try {
      rules.remove();
      log.info("rules are removed: pods of this node reach the metadata service itself");
    } catch (PodIdentityException e) {
      Problems.of(e)
          .forEach(
              problem ->
                  log.error("rules are not all removed; run nmi uninstall error={}", problem));
    }
  }
}
