package io.podidentity.testkit;

import io.podidentity.api.spi.NodeRules;
import java.util.Set;
import java.util.TreeSet;

/** Rules that are words in a set. */
final class InMemoryNodeRules implements NodeRules {
  private static final Set<String> OURS = Set.of("ours: first", "ours: second");

  private final Set<String> node = new TreeSet<>();
  private boolean written;

  @Override
  public boolean ensure() {
    written = true;
    return node.addAll(OURS);
  }

  @Override
  public void remove() {
    node.removeAll(OURS);
  }

  Set<String> node() {
    return node;
  }

  void clear() {
    node.clear();
  }

  boolean isWritten() {
    return node.containsAll(OURS);
  }

  boolean wasWritten() {
    return written;
  }
}
