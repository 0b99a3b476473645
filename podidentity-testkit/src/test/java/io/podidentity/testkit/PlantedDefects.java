package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.Subscription;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Checks that a contract finds defects, and defects that several ports can have. */
final class PlantedDefects {
  private PlantedDefects() {}

  /**
   * Each defect fails the contract, and each clause of the contract is failed by one of them.
   *
   * @param contract the published one
   * @param test the double's test of it, which lets the port through {@link Defect#in}
   * @param bare clauses that no defect of the double can fail
   */
  static void areFound(Class<?> contract, Class<?> test, List<Defect> defects, String... bare) {
    Set<String> failed = new TreeSet<>(Set.of(bare));
    for (Defect defect : defects) {
      Set<String> found = defect.failures(test);
      assertThat(found).as("tests that find: %s", defect).isNotEmpty();
      failed.addAll(found);
    }
    assertThat(failed).isEqualTo(Defect.clauses(contract));
    assertThat(new Defect("none", "", -1, Defect.Call::proceed).failures(test)).isEmpty();
  }

  /** Answers so, whatever is asked. */
  static Defect.Behaviour soon(Object result) {
    Object future = CompletableFuture.completedFuture(result);
    return call -> future;
  }

  /** Calls nobody. */
  static Defect deaf(String method, int parameters) {
    return new Defect(
        method + " calls nobody", method, parameters, call -> (Subscription) () -> {});
  }

  /** Calls at once, and never again. */
  static Defect hasty(String method) {
    return new Defect(
        method + " calls before the change",
        method,
        2,
        call -> {
          call.<Runnable>argument(1).run();
          return (Subscription) () -> {};
        });
  }

  /** Goes on calling after it was told not to. */
  static Defect clinging(String method, int parameters) {
    return new Defect(
        method + " does not let go",
        method,
        parameters,
        call -> {
          call.proceed();
          return (Subscription) () -> {};
        });
  }

  /** Gives the first answer to each question for ever. */
  static Defect stale(String method, int parameters) {
    Map<List<Object>, Object> answers = new HashMap<>();
    return new Defect(
        method + " keeps its first answer",
        method,
        parameters,
        call -> {
          List<Object> question = call.arguments();
          if (!answers.containsKey(question)) {
            answers.put(question, call.proceed());
          }
          return answers.get(question);
        });
  }

  /** Gives what it has ever given. */
  static Defect unforgetting(String method, int parameters) {
    Map<List<Object>, Set<Object>> answers = new HashMap<>();
    return new Defect(
        method + " never forgets",
        method,
        parameters,
        call -> {
          Set<Object> all = answers.computeIfAbsent(call.arguments(), key -> new HashSet<>());
          all.addAll(call.<Collection<?>>result());
          return call.method().getReturnType() == List.class ? List.copyOf(all) : Set.copyOf(all);
        });
  }
}
