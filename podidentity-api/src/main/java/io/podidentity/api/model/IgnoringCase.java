package io.podidentity.api.model;

/** A hash that agrees with {@link String#equalsIgnoreCase}. */
final class IgnoringCase {
  private IgnoringCase() {}

  static int hash(String text) {
    int hash = 0;
    for (int i = 0; i < text.length(); i++) {
      // The same two steps as equalsIgnoreCase: some letters differ in upper case only.
      hash = 31 * hash + Character.toLowerCase(Character.toUpperCase(text.charAt(i)));
    }
    return hash;
  }
}
