package io.podidentity.testkit;

import io.podidentity.api.spi.NodeRules;
import io.podidentity.testkit.contract.NodeRulesContract;

class InMemoryNodeRulesTest extends NodeRulesContract {
  private final InMemoryNodeRules rules = new InMemoryNodeRules();

  @Override
  protected NodeRules rules() {
    return rules;
  }

  @Override
  protected String everything() {
    return rules.node().toString();
  }

  @Override
  protected void damage() {
    rules.node().remove("ours: first");
  }

  @Override
  protected void writeAnothers() {
    rules.node().add("another's");
  }
}
