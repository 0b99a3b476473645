package io.podidentity.harness.process;

/** The signals that tests send. */
public enum Signal {
  /** Asks to end. */
  TERM,
  /** Ends at once. */
  KILL,
  /** Freezes. */
  STOP,
  /** Goes on after {@link #STOP}. */
  CONT
}
