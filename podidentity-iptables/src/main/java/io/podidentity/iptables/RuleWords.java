package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.List;

/** Splits a rule into words as {@code iptables-save} writes them. */
final class RuleWords {
  private RuleWords() {}

  /**
   * Words end at blanks; a word in double quotes may hold blanks, and {@code \} before any
   * character stands for that character.
   */
  static List<String> of(String rule) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    boolean quoted = false;
    for (int i = 0; i < rule.length(); i++) {
      char c = rule.charAt(i);
      if (c == '\\' && i + 1 < rule.length()) {
        i++;
        word.append(rule.charAt(i));
        inWord = true;
      } else if (c == '"') {
        quoted = !quoted;
        inWord = true;
      } else if (c == ' ' && !quoted) {
        if (inWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
