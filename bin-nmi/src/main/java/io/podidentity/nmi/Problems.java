package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the rules, a line for each thing that is to be changed. */
final class Problems {
  private Problems() {}

  /** Those of a failure and of what failed beside it, each once. */
  static List<String> of(PodIdentityException error) {
    List<String> problems = new ArrayList<>();
    add(error, problems);
    return problems;
  }

  private static void add(Throwable error, List<String> problems) {
    String problem = String.valueOf(error.getMessage());
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
    for (Throwable beside : error.getSuppressed()) {
      add(beside, problems);
    }
  }
}
