package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.iptables.BackendChoice;
import io.podidentity.iptables.ConntrackDeletion;
import io.podidentity.iptables.IptablesRedirect;
import io.podidentity.iptables.Lockdown;
import io.podidentity.iptables.LoopbackAddress;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.NodeRuleSets;
import io.podidentity.iptables.ProcessRights;
import io.podidentity.iptables.RedirectRules;
import io.podidentity.iptables.RouteLocalnet;
import io.podidentity.iptables.RuleChanges;
import io.podidentity.iptables.RuleSet;
import io.podidentity.iptables.SourcePins;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rules that NMI has on a node. The one place that knows them: whoever writes, repairs, shows
 * or removes rules takes them from here.
 */
final class OwnRules {
  private static final Logger log = LoggerFactory.getLogger(OwnRules.class);

  /**
   * The rules do not depend on where packets come from or go to, so that 0.0.0.0 works as in v1.
   */
  private static final String REDIRECT_TO = "127.0.0.1";

  private final BackendChoice backend;
  private final boolean lockedDown;

  /** What the redirect's target needs. */
  private final RuleSet path;

  private final RouteLocalnet routeLocalnet;

  /** Any target of ours, for removal. */
  private final RuleSet anyTarget;

  private final RuleSet lockdown;
  private final RuleSet redirect;

  /** The lockdown, where it is switched off. */
  private final UnwantedRules unwanted;

  private final RuleChanges changes;

  /** Of the pins; empty if there are none. */
  private final String pins;

  private OwnRules(
      BackendChoice backend,
      boolean lockedDown,
      RuleSet path,
      RouteLocalnet routeLocalnet,
      RuleSet anyTarget,
      RuleSet lockdown,
      RuleSet redirect,
      RuleChanges changes,
      String pins) {
    this.backend = backend;
    this.path = path;
    this.routeLocalnet = routeLocalnet;
    this.anyTarget = anyTarget;
    this.changes = changes;
    this.pins = pins;
    this.lockedDown = lockedDown;
    this.lockdown = lockdown;
    this.redirect = redirect;
    this.unwanted = new UnwantedRules(lockdown);
  }

  /** Those that the options ask for, on this node. */
  static OwnRules of(NmiOptions options) {
    return of(options.rules(), options.metadata(), options.http().port());
  }

  /**
   * Those for this node.
   *
   * @param port NMI's
   */
  static OwnRules of(RulesOptions rules, NmiOptions.Metadata metadata, int port) {
    NodePrograms programs = NodePrograms.HERE;
    BackendChoice backend =
        rules.backend() == null
            ? BackendChoice.auto(programs)
            : BackendChoice.of(rules.backend(), programs);
    RedirectRules target =
        new RedirectRules(
            metadata.ip(),
            metadata.port(),
            rules.target() == null ? REDIRECT_TO : rules.target(),
            port);
    RuleSet redirect = new IptablesRedirect(target, backend, rules.interval(), System::nanoTime);
    RouteLocalnet routeLocalnet = new RouteLocalnet();
    return new OwnRules(
        backend,
        rules.lockdown(),
        rules.target() == null ? routeLocalnet : new LoopbackAddress(rules.target(), programs),
        routeLocalnet,
        new LoopbackAddress(null, programs),
        Lockdown.of(metadata.ip(), programs, backend),
        rules.cutsConnections() ? new ConntrackDeletion(redirect, target, programs) : redirect,
        new RuleChanges(programs, backend),
        rules.pinning() == SourcePinning.OFF ? "" : SourcePins.text(metadata.ip(), port));
  }

  /** Those to be kept in place; the lockdown comes before the redirect. */
  RuleSet kept() {
    List<RuleSet> all = new ArrayList<>(lockedDown ? List.of(lockdown) : List.of());
    all.add(path);
    all.add(redirect);
    if (!lockedDown) {
      all.add(unwanted);
    }
    return new NodeRuleSets(all, changes);
  }

  /**
   * What would be written, as of {@link RuleSet#text}; with the tables of {@link NodePins}, which
   * are not among {@link #kept}.
   */
  String text() {
    return Stream.of(kept().text(), pins)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  /** Those to be removed, whatever is kept: whoever made them may have had other options. */
  RuleSet all() {
    return new NodeRuleSets(List.of(lockdown, anyTarget, redirect));
  }

  /**
   * On how many interfaces a redirect to 127.0.0.1 does not work, as it was looked at last; 0 if it
   * goes elsewhere.
   */
  int interfacesWithoutRouteLocalnet() {
    return routeLocalnet.off();
  }

  /** What this process lacks to write them; empty if nothing is known to be missing. */
  Optional<String> missingRights() {
    return ProcessRights.read().advice(backend.mayBeLegacy());
  }

  /** Pods come to this NMI and no other: what its options do not want may be removed. */
  void nodeIsOurs() {
    unwanted.begin();
  }

  /**
   * What is done before anything else: pods are locked out. A failure is logged; {@link #kept}
   * fails too when it is looked after.
   */
  void begin() {
    try {
      if (lockedDown) {
        lockdown.ensure();
      }
    } catch (PodIdentityException e) {
      log(e);
    }
    try {
      // NMI is about to listen on it.
      path.ensure();
    } catch (PodIdentityException e) {
      log(e);
    }
  }

  private static void log(PodIdentityException error) {
    Problems.of(error).forEach(problem -> log.error("rules failed error={}", problem));
  }
}
