package io.podidentity.nmi;

/** What becomes of the rules when NMI ends. */
public enum OnExit {
  /** They are removed if NMI saw its DaemonSet deleted, or being deleted; in doubt they stay. */
  AUTO,
  /** They stay. */
  KEEP,
  /**
   * They are removed, as by v1: until the next NMI has started, pods reach the node's identities.
   */
  REMOVE
}
