package io.podidentity.nmi;

import static io.podidentity.bin.FlagChecks.require;

import io.podidentity.iptables.IptablesBackend;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which rules NMI keeps on the node.
 *
 * @param written whether it writes any; default true
 * @param backend the back-end of iptables; null to find out which one Kubernetes uses; default null
 * @param lockdown whether pods are kept from the metadata service also without the redirect;
 *     default true
 * @param cutsConnections whether connections from before the redirect are cut; default false
 * @param onExit what becomes of them when NMI ends; default auto
 * @param interval how often it looks in any case; positive; default 60 s
 */
public record RulesOptions(
    boolean written,
    @Nullable IptablesBackend backend,
    boolean lockdown,
    boolean cutsConnections,
    OnExit onExit,
    Duration interval) {
  /** What the flags' defaults say. */
  public static final RulesOptions DEFAULT =
      new RulesOptions(true, null, true, false, OnExit.AUTO, Duration.ofSeconds(60));

  /** No rules: something else sends pods' requests here. */
  public static final RulesOptions NONE =
      new RulesOptions(false, null, false, false, OnExit.KEEP, Duration.ofSeconds(60));

  public RulesOptions {
    require(
        !interval.isNegative() && !interval.isZero(), "--ipt-update-interval-sec must be positive");
  }
}
