package io.podidentity.nmi;

import io.podidentity.iptables.BackendChoice;
import io.podidentity.iptables.IptablesRedirect;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.NodeRuleSets;
import io.podidentity.iptables.RedirectRules;
import io.podidentity.iptables.RuleSet;
import java.util.ArrayList;
import java.util.List;

/**
 * All rules that NMI has on a node. The one place that knows them: whoever writes, repairs, shows
 * or removes rules takes them from here.
 */
final class OwnRules {
  /**
   * The rules do not depend on where packets come from or go to, so that 0.0.0.0 works as in v1.
   */
  private static final String REDIRECT_TO = "127.0.0.1";

  private OwnRules() {}

  /** Those that the options ask for, on this node. */
  static NodeRuleSets of(NmiOptions options) {
    NodePrograms programs = NodePrograms.HERE;
    RulesOptions rules = options.rules();
    NmiOptions.Metadata metadata = options.metadata();
    BackendChoice backend =
        rules.backend() == null
            ? BackendChoice.auto(programs)
            : BackendChoice.of(rules.backend(), programs);
    List<RuleSet> sets = new ArrayList<>();
    sets.add(
        new IptablesRedirect(
            new RedirectRules(metadata.ip(), metadata.port(), REDIRECT_TO, options.http().port()),
            backend));
    return new NodeRuleSets(sets);
  }

  /** All that NMI may have on this node, with whatever options, for removal. */
  static NodeRuleSets all() {
    NodePrograms programs = NodePrograms.HERE;
    return new NodeRuleSets(
        List.of(new IptablesRedirect(RedirectRules.DEFAULT, BackendChoice.auto(programs))));
  }
}
