package io.podidentity.testkit.azure;

/** Carries an {@link EntraError} out of a check; never leaves this package. */
@SuppressWarnings("serial") // never serialized
final class EntraException extends RuntimeException {
  private final EntraError error;

  EntraException(EntraError error) {
    super("AADSTS" + error.code());
    this.error = error;
  }

  EntraError error() {
    return error;
  }
}
