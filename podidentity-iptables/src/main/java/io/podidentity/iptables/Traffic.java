package io.podidentity.iptables;

import java.util.List;

/**
 * The packets that one of our chains is for, and whether a rule of others could match one of them.
 * Whatever is not understood could.
 *
 * @param address their destination, an IPv4 address in dotted form
 * @param tcpPort their port if they are TCP alone; 0 for all ports and protocols
 */
record Traffic(String address, int tcpPort) {

  boolean couldMatch(RuleSpec rule) {
    return rule.options().stream().allMatch(this::couldMatch);
  }

  private boolean couldMatch(RuleSpec.Option option) {
    if (option.values().size() != 1) {
      return true;
    }
    String value = option.values().get(0);
    return switch (option.name()) {
      case "-d" -> matchesDestination(value, option.negated());
      case "-p" -> tcpPort == 0 || value.equals("all") || value.equals("tcp") != option.negated();
      case "--dport" -> tcpPort == 0 || matchesPort(value, option.negated());
      // The metadata service is not on this node.
      case "--dst-type" -> !value.equals("LOCAL") || option.negated();
      default -> true;
    };
  }

  private boolean matchesDestination(String network, boolean negated) {
    int slash = network.indexOf('/');
    String bits = slash < 0 ? "32" : network.substring(slash + 1);
    long base = number(slash < 0 ? network : network.substring(0, slash));
    if (base < 0 || !bits.matches("\\d{1,2}") || Integer.parseInt(bits) > 32) {
      return true;
    }
    int shift = 32 - Integer.parseInt(bits);
    return (number(address) >> shift == base >> shift) != negated;
  }

  private boolean matchesPort(String ports, boolean negated) {
    if (!ports.matches("\\d{1,5}(:\\d{1,5})?")) {
      return true;
    }
    List<Integer> ends = List.of(ports.split(":", -1)).stream().map(Integer::valueOf).toList();
    return (ends.get(0) <= tcpPort && tcpPort <= ends.get(ends.size() - 1)) != negated;
  }

  /** An address as a number; -1 if it is none. */
  private static long number(String dotted) {
    if (!dotted.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      return -1;
    }
    long number = 0;
    for (String part : dotted.split("\\.", -1)) {
      number = (number << 8) | Integer.parseInt(part);
    }
    return number;
  }
}
