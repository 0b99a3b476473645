package io.podidentity.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Steps in an order that a seed decides, each of them after pods have asked some more. Steps are
 * drawn from a deck, so that each kind happens as often as it should; what means nothing at that
 * moment stays in the deck.
 */
final class ChaosRun {

  /** As many requests of each pod, half a second's, before the next step. */
  private static final int REQUESTS_BETWEEN = 25;

  private final ChaosNode node;
  private final List<ChaosPod> pods;
  private final Random random;
  private final List<ChaosStep> deck = new ArrayList<>();
  private final Map<ChaosStep, Integer> taken = new EnumMap<>(ChaosStep.class);

  ChaosRun(ChaosNode node, List<ChaosPod> pods, long seed) {
    this.node = node;
    this.pods = pods;
    this.random = new Random(seed);
  }

  /**
   * Does so many steps.
   *
   * @param enough looked at after each; it ends then
   */
  void steps(int count, BooleanSupplier enough) {
    for (int i = 0; i < count && !enough.getAsBoolean(); i++) {
      take(draw());
    }
  }

  /** Does that step, outside the order. */
  void take(ChaosStep step) {
    node.take(step, this::awaitRequests);
    taken.merge(step, 1, Integer::sum);
    awaitRequests();
  }

  /** How often each kind of step was done. */
  Map<ChaosStep, Integer> taken() {
    return taken;
  }

  private ChaosStep draw() {
    while (true) {
      for (int i = 0; i < deck.size(); i++) {
        if (node.allows(deck.get(i))) {
          return deck.remove(i);
        }
      }
      List<ChaosStep> more = new ArrayList<>();
      for (ChaosStep step : ChaosStep.values()) {
        more.addAll(Collections.nCopies(step.share(), step));
      }
      Collections.shuffle(more, random);
      deck.addAll(more);
    }
  }

  private void awaitRequests() {
    pods.forEach(pod -> pod.awaitRequests(REQUESTS_BETWEEN));
  }
}
