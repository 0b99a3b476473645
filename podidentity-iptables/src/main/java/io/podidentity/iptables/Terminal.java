package io.podidentity.iptables;

/**
 * Whether a person sits at the other end of a stream; for programs that show progress or colours.
 */
public final class Terminal {
  /** The file descriptor of the standard input. */
  public static final int STANDARD_INPUT = 0;

  /** The file descriptor of the standard output. */
  public static final int STANDARD_OUTPUT = 1;

  /** The file descriptor of the standard error. */
  public static final int STANDARD_ERROR = 2;

  private Terminal() {}

  /**
   * Asks isatty(3). {@link System#console()} cannot tell one stream from another. The first call
   * loads a native library: up to 0.3 s and 25 MiB of memory. Thread-safe.
   *
   * @param descriptor a file descriptor of this process
   * @return whether it is a terminal; false too if it is not open or that cannot be told
   */
  public static boolean isInteractive(int descriptor) {
    return Posix.isTerminal(descriptor);
  }
}
