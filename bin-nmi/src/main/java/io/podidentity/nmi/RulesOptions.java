package io.podidentity.nmi;

import static io.podidentity.bin.FlagChecks.require;

import io.podidentity.iptables.IptablesBackend;
import java.time.Duration;
import java.util.regex.Pattern;
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
 * @param target a link-local address on which NMI listens besides, and to which pods are
 *     redirected; null for 127.0.0.1; default null
 * @param pinning whether pods' addresses are held to their interfaces; default auto
 * @param interval how often it looks in any case; positive; default 60 s
 */
public record RulesOptions(
    boolean written,
    @Nullable IptablesBackend backend,
    boolean lockdown,
    boolean cutsConnections,
    OnExit onExit,
    @Nullable String target,
    SourcePinning pinning,
    Duration interval) {
  /** What the flags' defaults say. */
  public static final RulesOptions DEFAULT =
      new RulesOptions(
          true, null, true, false, OnExit.AUTO, null, SourcePinning.AUTO, Duration.ofSeconds(60));

  /** No rules: something else sends pods' requests here. */
  public static final RulesOptions NONE =
      new RulesOptions(
          false, null, false, false, OnExit.KEEP, null, SourcePinning.OFF, Duration.ofSeconds(60));

  private static final Pattern LINK_LOCAL =
      Pattern.compile("169\\.254(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){2}");

  public RulesOptions {
    require(
        written || pinning != SourcePinning.ENFORCE,
        "--source-pinning=enforce needs rules: not with --redirect=none");
    require(
        target == null || LINK_LOCAL.matcher(target).matches(),
        "--redirect-target must be a link-local IPv4 address, 169.254.…: " + target);
    require(
        !interval.isNegative() && !interval.isZero(), "--ipt-update-interval-sec must be positive");
  }
}
