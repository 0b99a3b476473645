package io.podidentity.api.model;

/**
 * Comparison of what Azure compares ignoring case. Not {@link String#equalsIgnoreCase}: that takes
 * the dotless i for an i and the long s for an s, since they share an upper case; Azure does not.
 */
final class IgnoringCase {
  private IgnoringCase() {}

  static boolean equal(String one, String other) {
    if (one.equals(other)) {
      // By far the most frequent case, and many characters at a time.
      return true;
    }
    if (one.length() != other.length()) {
      return false;
    }
    for (int i = 0; i < one.length(); i++) {
      if (Character.toLowerCase(one.charAt(i)) != Character.toLowerCase(other.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static int hash(String text) {
    int hash = 0;
    for (int i = 0; i < text.length(); i++) {
      hash = 31 * hash + Character.toLowerCase(text.charAt(i));
    }
    return hash;
  }
}
