package io.podidentity.sandbox;

/** The sandbox cannot go on. The message is one line that says why, and what to do. */
final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SandboxException(String message) {
    super(message);
  }

  SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
