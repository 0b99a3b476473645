package io.podidentity.testkit.azure;

/** Carries an {@link ArmError} out of a check; never leaves this package. */
@SuppressWarnings("serial") // never serialized
final class ArmException extends RuntimeException {
  private final ArmError error;

  ArmException(ArmError error) {
    super(error.code());
    this.error = error;
  }

  ArmException(int status, String code, String message) {
    this(ArmError.of(status, code, message));
  }

  ArmError error() {
    return error;
  }
}
