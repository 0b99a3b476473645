package io.podidentity.harness;

/** The harness could not do what a test asked of it; the message says what, and what was seen. */
public class HarnessException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what was being done, and what was seen instead
   */
  public HarnessException(String message) {
    super(message);
  }

  /**
   * @param message what was being done
   * @param cause what went wrong
   */
  public HarnessException(String message, Throwable cause) {
    super(message, cause);
  }
}
