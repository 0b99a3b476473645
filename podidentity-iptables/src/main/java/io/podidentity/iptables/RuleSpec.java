package io.podidentity.iptables;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule says, apart from how it is written. Two rules are equal if they have the same options
 * in any order; long and short names, an address with and without {@code /32}, and {@code -m tcp}
 * beside {@code -p tcp} make no difference. Whatever is not understood makes rules different, never
 * equal.
 *
 * @param options the rule's options
 */
record RuleSpec(Set<Option> options) {
  /**
   * One option.
   *
   * @param name the short name where there is one
   * @param negated whether {@code !} stands before it
   * @param values the words after it
   */
  record Option(String name, boolean negated, List<String> values) {}

  private static final Map<String, String> SHORT_NAMES =
      Map.ofEntries(
          Map.entry("--source", "-s"),
          Map.entry("--src", "-s"),
          Map.entry("--destination", "-d"),
          Map.entry("--dst", "-d"),
          Map.entry("--protocol", "-p"),
          Map.entry("--proto", "-p"),
          Map.entry("--match", "-m"),
          Map.entry("--destination-port", "--dport"),
          Map.entry("--jump", "-j"),
          Map.entry("--goto", "-g"));

  private static final Set<String> ADDRESSES = Set.of("-s", "-d");
  private static final String TCP_BY_NUMBER = "6";
  private static final Option TCP = new Option("-p", false, List.of("tcp"));
  private static final Option TCP_MATCH = new Option("-m", false, List.of("tcp"));

  /**
   * Reads a rule.
   *
   * @param rule without {@code -A} and the chain
   */
  static RuleSpec parse(String rule) {
    Set<Option> options = new LinkedHashSet<>();
    String name = "";
    boolean negated = false;
    boolean nextNegated = false;
    List<String> values = new ArrayList<>();
    for (String word : RuleWords.of(rule)) {
      if (word.equals("!")) {
        nextNegated = true;
      } else if (word.startsWith("-") && word.length() > 1) {
        add(options, name, negated, values);
        name = word;
        negated = nextNegated;
        nextNegated = false;
        values = new ArrayList<>();
      } else {
        values.add(word);
      }
    }
    add(options, name, negated, values);
    if (options.contains(TCP)) {
      options.remove(TCP_MATCH);
    }
    return new RuleSpec(Set.copyOf(options));
  }

  /** Whether it sends packets to that chain. */
  boolean leadsTo(String chain) {
    return options.stream()
        .anyMatch(
            option ->
                (option.name().equals("-j") || option.name().equals("-g"))
                    && option.values().equals(List.of(chain)));
  }

  /** The one value of an option that is not negated; empty if there is none. */
  Optional<String> value(String name) {
    return options.stream()
        .filter(option -> option.name().equals(name) && !option.negated())
        .filter(option -> !option.values().isEmpty())
        .map(option -> option.values().get(0))
        .findFirst();
  }

  private static void add(Set<Option> options, String name, boolean negated, List<String> values) {
    if (!name.isEmpty()) {
      String common = SHORT_NAMES.getOrDefault(name, name);
      options.add(
          new Option(
              common, negated, values.stream().map(value -> commonForm(common, value)).toList()));
    }
  }

  private static String commonForm(String name, String value) {
    if (ADDRESSES.contains(name) && value.indexOf('/') < 0) {
      return value + "/32";
    }
    return name.equals("-p") && value.equals(TCP_BY_NUMBER) ? "tcp" : value;
  }
}
