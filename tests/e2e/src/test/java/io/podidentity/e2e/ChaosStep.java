package io.podidentity.e2e;

/** What can happen to NMI, to the node's rules, or to the API server. */
enum ChaosStep {
  /** Starts NMI and waits until its rules are in place. */
  START(4),
  /** Starts NMI and goes on at once. */
  START_AND_GO_ON(2),
  /** Ends it as Kubernetes does. */
  TERM(1),
  KILL(1),
  /** Starts another beside it, and then ends it. */
  REPLACE(2),
  /** Lets it have no more memory, which ends it. */
  OUT_OF_MEMORY(1),
  /** Freezes it. */
  FREEZE(1),
  /** Lets it go on. */
  GO_ON(1),
  /** A stranger's {@code iptables -t nat -F}. */
  FLUSH_NAT(2),
  /** A stranger's {@code nft flush ruleset}. */
  FLUSH_RULESET(2),
  /** A stranger deletes the jump to our chain. */
  DELETE_JUMP(1),
  /** A stranger deletes our redirect. */
  DELETE_REDIRECT(1),
  /** A stranger gives our chain another name. */
  RENAME_CHAIN(1),
  /** A stranger restores a file from before our rules, of {@code nat} and {@code filter}. */
  RESTORE_OLD(1),
  /** A stranger accepts all before our redirect, until {@link #DROP_ACCEPT}. */
  INSERT_ACCEPT(1),
  DROP_ACCEPT(1),
  /** A stranger accepts all before our reject, while the other layer holds. */
  ACCEPT_IN_LOCKDOWN(1),
  DELETE_LOCKDOWN(1),
  /** A stranger deletes the prohibition, while the other layer holds; NMI puts it back. */
  DELETE_ROUTING(1),
  STOP_API_SERVER(1),
  START_API_SERVER(1);

  private final int share;

  ChaosStep(int share) {
    this.share = share;
  }

  /** How often it is in the deck that steps are drawn from. */
  int share() {
    return share;
  }
}
