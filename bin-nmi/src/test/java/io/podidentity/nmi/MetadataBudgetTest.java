package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the five of a second are shared. */
final class MetadataBudgetTest {
  private static final InetAddress NODE = address("127.0.0.1");
  private static final InetAddress SHY = address("10.0.1.1");
  private static final Duration STEP = Duration.ofMillis(50);

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final Random random = new Random(7);
  private final MetadataBudget budget = new MetadataBudget(clock);

  @Test
  void onePodHasThreeOfASecondAndTheNodeItselfAll() {
    InetAddress pod = address("10.0.0.1");

    assertThat(begin(pod, 10)).isEqualTo(3);
    clock.advance(Duration.ofSeconds(2));
    assertThat(begin(NODE, 10)).isEqualTo(MetadataBudget.PER_SECOND);
  }

  @Test
  void whoHasHadNoneFindsOneWhateverOneOfTheOthersTakes() {
    begin(address("10.0.0.1"), 10);

    assertThat(begin(SHY, 1)).isOne();
  }

  /** Each asks again and again; the shy one once, and then when it was told to. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 10, 30})
  void whoWasTurnedAwayHasATurnWhenItComesBackHoweverManyFlood(int flooding) {
    List<InetAddress> flood = new ArrayList<>();
    for (int i = 0; i < flooding; i++) {
      flood.add(address("10.0.0." + i));
    }
    run(Duration.ofSeconds(5), flood, new HashMap<>());

    int rounds = 0;
    for (int tries = 1; begin(SHY, 1) == 0; tries++) {
      assertThat(tries).as("asked, and come back").isLessThanOrEqualTo(1 + flooding / 5);
      run(Duration.ofSeconds(1), flood, new HashMap<>());
      rounds = tries;
    }
    assertThat(rounds).isLessThanOrEqualTo(1 + flooding / 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 7, 10})
  void whoAsksAsOftenHasAsMuch(int flooding) {
    List<InetAddress> flood = new ArrayList<>();
    for (int i = 0; i < flooding; i++) {
      flood.add(address("10.0.0." + i));
    }
    Map<InetAddress, Integer> shares = new HashMap<>();

    run(Duration.ofSeconds(70), flood, shares);

    int all = shares.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(all).as("nothing is wasted").isGreaterThanOrEqualTo(flooding < 5 ? 4 * 70 : 5 * 66);
    assertThat(shares.values())
        .allSatisfy(
            share ->
                assertThat(share).isBetween(all / flooding * 8 / 10, all / flooding * 12 / 10));
  }

  @Test
  void whoNeverComesBackKeepsOthersForTwoSecondsAtMost() {
    List<InetAddress> five = new ArrayList<>();
    for (int i = 0; i < MetadataBudget.PER_SECOND; i++) {
      five.add(address("10.0.0." + i));
      begin(five.get(i), 1);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(begin(address("10.0.2." + i), 1)).isZero();
    }

    clock.advance(Duration.ofMillis(2001));

    assertThat(begin(five.get(0), 1)).isOne();
  }

  /** As agents that ask every ten seconds, and for whom a refusal is no reason to come earlier. */
  @Test
  void whoNeverComesBackInTimeKeepsNobodyAgainAndAgain() {
    for (int i = 0; i < 20; i++) {
      begin(address("10.0.2." + i), 1);
    }

    int begun = 0;
    for (int i = 0; i < 30 * 3; i++) {
      clock.advance(Duration.ofMillis(333));
      begun += begin(address("10.0.3." + i % 30), 1);
    }

    // Three a second are fewer than there may be; those of the first two seconds are the price.
    assertThat(begun).isGreaterThanOrEqualTo(30 * 3 - 2 * 3 - 3);
  }

  private int begin(InetAddress source, int times) {
    int begun = 0;
    for (int i = 0; i < times; i++) {
      if (budget.tryBegin(source)) {
        budget.end(source);
        begun++;
      }
    }
    return begun;
  }

  /** All of them ask at each step, one before the other by chance. */
  private void run(Duration time, List<InetAddress> flood, Map<InetAddress, Integer> shares) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
      Collections.shuffle(flood, random);
      flood.forEach(pod -> shares.merge(pod, begin(pod, 1), Integer::sum));
      clock.advance(STEP);
    }
  }

  private static InetAddress address(String digits) {
    try {
      return InetAddress.getByName(digits);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
