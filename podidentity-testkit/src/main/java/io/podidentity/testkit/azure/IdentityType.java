package io.podidentity.testkit.azure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The {@code type} of an identity block in a request.
 *
 * @param system whether it has {@code SystemAssigned}
 * @param user whether it has {@code UserAssigned}
 * @param text as sent
 */
record IdentityType(boolean system, boolean user, String text) {

  /**
   * Reads {@code None}, {@code SystemAssigned}, {@code UserAssigned}, or both with a comma, in any
   * case and order.
   *
   * @throws ArmException 400, for anything else
   */
  static IdentityType parse(String text) {
    List<String> words =
        Arrays.stream(text.split(",", -1))
            .map(word -> word.strip().toLowerCase(Locale.ROOT))
            .sorted()
            .toList();
    if (words.equals(List.of("none"))) {
      return new IdentityType(false, false, text);
    }
    if (words.equals(List.of("systemassigned"))) {
      return new IdentityType(true, false, text);
    }
    if (words.equals(List.of("userassigned"))) {
      return new IdentityType(false, true, text);
    }
    if (words.equals(List.of("systemassigned", "userassigned"))) {
      return new IdentityType(true, true, text);
    }
    throw new ArmException(
        ArmErrors.requestContent("Error converting value \"" + text + "\" to type 'IdentityType'"));
  }
}
