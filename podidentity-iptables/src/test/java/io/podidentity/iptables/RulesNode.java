package io.podidentity.iptables;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.testkit.contract.NodeRulesContract;
import org.junit.jupiter.api.AfterEach;

/** A node of its own for each clause of the contract. */
abstract class RulesNode extends NodeRulesContract {
  final NetworkNamespace node = NetworkNamespace.create("contract");

  @AfterEach
  void removeNode() {
    node.close();
  }
}
