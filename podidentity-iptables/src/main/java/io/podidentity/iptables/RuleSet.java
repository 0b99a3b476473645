package io.podidentity.iptables;

import io.podidentity.api.spi.NodeRules;

/** Rules of one purpose, which are written, repaired, shown and removed together. */
public interface RuleSet extends NodeRules {
  /** What it is called in logs and in {@link #text()}, such as {@code redirect}. */
  String name();

  /**
   * What would be written on a node that has none of it, with the commands that would read it; ends
   * with a line's end. Reads at most, and writes nothing.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code REDIRECT_FAILED} if it depends on
   *     what the node has, and that cannot be told
   */
  String text();

  /**
   * Tries what {@link #ensure()} needs, and writes nothing: reads, and has the kernel look at what
   * would be written where the programs can do that. By default there is nothing to try.
   *
   * @throws io.podidentity.api.PodIdentityException as {@link #ensure()}
   */
  default void check() {}
}
