package io.podidentity.api.model;

import java.util.Objects;

/** Checks for compact constructors; the message names the component. */
final class Checks {
  private Checks() {}

  static String notEmpty(String value, String name) {
    Objects.requireNonNull(value, name);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " must not be empty");
    }
    return value;
  }
}
