package io.podidentity.azure.config;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.Map;

/**
 * Named texts from one place, with errors that name the place and the setting, and never a value.
 *
 * @param place for messages, for example {@code azure.json /etc/kubernetes/azure.json}
 * @param values by name
 */
record Settings(String place, Map<String, String> values) {

  /** The value; empty if it is not set. */
  String get(String name) {
    return values.getOrDefault(name, "").trim();
  }

  /** The value, which must be set. */
  String require(String name, String advice) {
    String value = get(name);
    if (value.isEmpty()) {
      throw invalid(name, "is not set; " + advice);
    }
    return value;
  }

  PodIdentityException invalid(String name, String problem) {
    return new PodIdentityException(
        ErrorReason.CONFIGURATION_INVALID, "%s: %s %s".formatted(place, name, problem));
  }

  /** Keeps values out of logs: one of them is a secret. */
  @Override
  public String toString() {
    return "Settings[" + place + "]";
  }
}
