package io.podidentity.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which implementation of a port is held to the port's contract: a test extends it, and the method
 * by which the contract gets what it looks at gives that implementation.
 */
final class Contracts {
  private static final Path PORTS =
      Path.of("..", "..", "podidentity-api/src/main/java/io/podidentity/api/spi");

  /** No port, but what ports give; a clause of those that do. */
  private static final Set<String> PARTS = Set.of("Subscription", "package-info");

  private final List<SourceType> main;
  private final List<SourceType> tests;

  Contracts(List<SourceType> main, List<SourceType> tests) {
    this.main = main;
    this.tests = tests;
  }

  /** All ports of the API, by their names. */
  static List<String> ports() throws IOException {
    try (Stream<Path> files = Files.list(PORTS)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !PARTS.contains(name))
          .sorted()
          .toList();
    }
  }

  /** The implementations of a port that are not, by their names. */
  Set<String> notHeld(String port) {
    Set<String> ports = kinds(port);
    Set<String> held = new HashSet<>();
    for (String each : ports) {
      held.addAll(heldTo(each));
    }
    Set<String> free = new TreeSet<>();
    for (SourceType type : main) {
      if (!type.isInterface() && type.supers().stream().anyMatch(ports::contains)) {
        free.add(type.name());
      }
    }
    free.removeAll(held);
    return free;
  }

  /** What the tests that extend a port's contract give it to look at. */
  Set<String> heldTo(String port) {
    String contract = port + "Contract";
    Set<String> subjects = subjects(contract, port);
    Set<String> extending = below(Set.of(contract), tests);
    Set<String> held = new TreeSet<>();
    for (SourceType test : tests) {
      if (extending.contains(test.name())) {
        subjects.forEach(
            subject -> {
              String given = test.gives().get(subject);
              if (given != null) {
                held.add(given);
              }
            });
      }
    }
    return held;
  }

  /** The contracts for which some test plants defects. */
  Set<String> planted() {
    Set<String> planted = new TreeSet<>();
    tests.forEach(test -> planted.addAll(test.planted()));
    return planted;
  }

  private Set<String> subjects(String contract, String port) {
    Set<String> subjects = new HashSet<>();
    for (SourceType type : main) {
      if (type.name().equals(contract)) {
        type.gives()
            .forEach(
                (method, given) -> {
                  if (given.equals(port)) {
                    subjects.add(method);
                  }
                });
      }
    }
    return subjects;
  }

  /** The port and the interfaces that are more of it. */
  private Set<String> kinds(String port) {
    return below(Set.of(port), main.stream().filter(SourceType::isInterface).toList());
  }

  private static Set<String> below(Set<String> roots, List<SourceType> types) {
    Set<String> all = new HashSet<>(roots);
    boolean grows = true;
    while (grows) {
      grows = false;
      for (SourceType type : types) {
        if (type.supers().stream().anyMatch(all::contains)) {
          grows |= all.add(type.name());
        }
      }
    }
    return all;
  }
}
