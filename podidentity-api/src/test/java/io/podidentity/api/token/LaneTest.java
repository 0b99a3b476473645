package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.token.CacheFixture.JOB;
import static io.podidentity.api.token.CacheFixture.START;
import static io.podidentity.api.token.CacheFixture.WEB;
import static io.podidentity.api.token.CacheFixture.query;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
class LaneTest {
  private static final NamespacedName SHY = name("shop/shy");
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void podsTakeTurnsHoweverMuchEachAsksFor() {
    Lane lane = lane(1, 1, 100, 100);
    List<Flight> greedy = enter(lane, WEB, 5);
    List<Flight> other = enter(lane, JOB, 2);
    List<Flight> shy = enter(lane, SHY, 1);

    assertThat(all(lane))
        .containsExactly(
            greedy.get(0),
            other.get(0),
            shy.get(0),
            greedy.get(1),
            other.get(1),
            greedy.get(2),
            greedy.get(3),
            greedy.get(4));
    assertThat(lane.load()).isEqualTo(new Lane.Load(0, 0));
  }

  @Test
  void onePodsSlowAnswersLeaveRoomForOthers() {
    Lane lane = lane(5, 2, 100, 100);
    enter(lane, WEB, 10);
    assertThat(lane.next()).isNotNull();
    Lane.Turn second = lane.next();
    assertThat(lane.next()).isNull();

    Flight other = enter(lane, JOB, 1).get(0);

    assertThat(flight(lane.next())).isSameAs(other);
    assertThat(lane.next()).isNull();
    lane.done(requireNonNull(second));
    assertThat(lane.next()).isNotNull();
  }

  @Test
  void noMoreAreUnderWayThanMayBe() {
    Lane lane = lane(5, 2, 100, 100);
    for (String pod : List.of("a/1", "a/2", "a/3", "a/4")) {
      enter(lane, name(pod), 2);
    }

    List<Lane.Turn> turns = new ArrayList<>();
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      turns.add(turn);
    }

    assertThat(turns).hasSize(5);
    assertThat(lane.load()).isEqualTo(new Lane.Load(3, 5));
  }

  @Test
  void aRefreshWaitsForPodsButNotForEver() {
    Lane lane = lane(1, 1, 100, 100);
    List<Flight> refreshes = enter(lane, null, 2);
    List<Flight> pods = enter(lane, WEB, 7);

    assertThat(all(lane))
        .containsExactly(
            pods.get(0),
            pods.get(1),
            pods.get(2),
            refreshes.get(0),
            pods.get(3),
            pods.get(4),
            pods.get(5),
            refreshes.get(1),
            pods.get(6));
  }

  @Test
  void aRefreshThatAPodComesToNeedHasThePodsTurn() {
    Lane lane = lane(1, 1, 100, 100);
    enter(lane, null, 3);
    Flight needed = enter(lane, null, 1).get(0);

    assertThat(lane.enter(needed, WEB)).isNull();

    assertThat(flight(lane.next())).isSameAs(needed);
    assertThat(lane.load()).isEqualTo(new Lane.Load(3, 1));
  }

  @Test
  void whoSharesAGreedyPodsFetchNeedNotWaitForItsOthers() {
    Lane lane = lane(1, 1, 100, 100);
    enter(lane, WEB, 10);
    Flight shared = enter(lane, WEB, 1).get(0);
    lane.enter(shared, JOB);
    lane.enter(shared, JOB);

    List<Flight> order = all(lane);

    assertThat(order).hasSize(11).doesNotHaveDuplicates();
    assertThat(order.get(1)).isSameAs(shared);
  }

  @Test
  void onePodMayLetOnlySoManyWait() {
    Lane lane = lane(1, 1, 100, 3);
    enter(lane, WEB, 3);
    Flight tooMuch = Flight.once(query("shop/x"), START);

    assertThat(lane.enter(tooMuch, WEB)).isSameAs(tooMuch);
    assertThat(lane.enter(Flight.once(query("shop/x"), START), JOB)).isNull();
  }

  @Test
  void whenAllIsFullTheLongestLineGivesWay() {
    Lane lane = lane(1, 1, 10, 8);
    List<Flight> greedy = enter(lane, WEB, 8);
    enter(lane, JOB, 2);

    assertThat(lane.enter(Flight.once(query("shop/x"), START), SHY)).isSameAs(greedy.get(7));
    assertThat(lane.load()).isEqualTo(new Lane.Load(10, 0));
    assertThat(all(lane)).hasSize(10).doesNotContain(greedy.get(7));
  }

  @Test
  void whenAllIsFullAndSharedAlikeTheNewestGivesWay() {
    Lane lane = lane(1, 1, 4, 4);
    enter(lane, WEB, 2);
    enter(lane, JOB, 2);
    Flight third = Flight.once(query("shop/x"), START);

    assertThat(lane.enter(third, WEB)).isSameAs(third);
    assertThat(lane.load()).isEqualTo(new Lane.Load(4, 0));
  }

  @Test
  void whoLosesOneOfTwoPlacesKeepsTheOther() {
    Lane lane = lane(1, 1, 10, 8);
    List<Flight> greedy = enter(lane, WEB, 8);
    lane.enter(greedy.get(7), JOB);
    enter(lane, SHY, 1);

    assertThat(lane.enter(Flight.once(query("shop/y"), START), name("shop/fourth"))).isNull();
    assertThat(all(lane)).hasSize(10).contains(greedy.get(7));
  }

  @Test
  void aSecondHoldsOnlySoMany() {
    Lane lane = lane(2);
    enter(lane, WEB, 1);
    enter(lane, JOB, 1);
    enter(lane, SHY, 1);
    Lane.Turn first = begin(lane);
    assertThat(lane.next()).isNotNull();
    assertThat(lane.next()).isNull();

    lane.secondPassed(first.line());

    assertThat(lane.next()).isNotNull();
    assertThat(lane.next()).isNull();
  }

  /** However quick the answers are. */
  @Test
  void aTenthOfASecondIsKeptForPodsThatHadNoCallInIt() {
    Lane lane = lane(20);
    assertThat(callsOf(lane, WEB)).isEqualTo(18);

    assertThat(callsOf(lane, SHY)).isOne();
    assertThat(callsOf(lane, JOB)).isOne();
    assertThat(callsOf(lane, name("shop/third"))).isZero();
  }

  @Test
  void aPodThatComesBackWithinTheSecondIsNoNewOne() {
    Lane lane = lane(20);
    Line flooding = begin(lane, WEB);
    assertThat(callsOf(lane, WEB)).isEqualTo(17);
    assertThat(lane.load()).isEqualTo(new Lane.Load(0, 0));

    enter(lane, WEB, 1);
    assertThat(lane.next()).isNull();
    lane.secondPassed(flooding);

    assertThat(lane.next()).isNotNull();
  }

  @Test
  void aPodIsNewAgainWhenItsSecondHasPassed() {
    Lane lane = lane(20);
    Line shy = begin(lane, SHY);
    assertThat(callsOf(lane, WEB)).isEqualTo(17);
    lane.secondPassed(shy);
    assertThat(callsOf(lane, WEB)).isOne();

    assertThat(callsOf(lane, SHY)).isOne();
  }

  @Test
  void whoHadItsCallsIsForgottenWithTheSecond() {
    Lane lane = lane(20);
    List<Line> lines = new ArrayList<>();
    for (int pod = 0; pod < 20; pod++) {
      lines.add(begin(lane, name("shop/pod" + pod)));
    }
    assertThat(lane.lines()).isEqualTo(20);

    lines.forEach(lane::secondPassed);

    assertThat(lane.lines()).isZero();
  }

  @Test
  void whereThereIsNoLimitNothingIsKept() {
    Lane lane = lane(0);

    enter(lane, WEB, 9);

    assertThat(all(lane)).hasSize(9);
  }

  /** Else it would never be spent. */
  @Test
  void ofASecondThatHoldsOneNothingIsKept() {
    Lane lane = lane(1);
    Line web = begin(lane, WEB);
    lane.secondPassed(web);
    enter(lane, null, 1);

    assertThat(lane.next()).isNotNull();
  }

  @Test
  void aRefreshLeavesTheShareToPods() {
    Lane lane = lane(20);
    assertThat(callsOf(lane, WEB)).isEqualTo(18);
    enter(lane, null, 1);
    assertThat(lane.next()).isNull();

    enter(lane, SHY, 1);

    assertThat(begin(lane).flight().places).isEmpty();
    assertThat(lane.load()).isEqualTo(new Lane.Load(1, 1));
  }

  @Test
  void furtherCallsAreOfTheSameSecond() throws Exception {
    Lane lane = lane(3);
    enter(lane, WEB, 3);
    Lane.Turn turn = begin(lane);

    assertThat(lane.takeAnother(turn.line(), LONG)).isTrue();

    assertThat(lane.next()).isNull();
    assertThat(lane.takeAnother(turn.line(), Duration.ZERO)).isFalse();
    lane.secondPassed(turn.line());
    assertThat(lane.next()).isNotNull();
  }

  @Test
  void furtherCallsLeaveTheShareToPods() throws Exception {
    Lane lane = lane(20);
    int calls = 0;
    enter(lane, WEB, 1);
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      boolean further = lane.takeAnother(turn.line(), Duration.ofMillis(1));
      calls += further ? 2 : 1;
      lane.done(turn);
      enter(lane, WEB, 1);
    }

    assertThat(calls).isEqualTo(18);
    assertThat(callsOf(lane, SHY)).isOne();
  }

  @Test
  void furtherCallThatMayNotHaveTheShareKeepsNobodyFromIt() throws Exception {
    Lane lane = lane(2);
    enter(lane, WEB, 1);
    Line busy = begin(lane).line();
    FutureTask<Boolean> further = new FutureTask<>(() -> lane.takeAnother(busy, LONG));
    awaitWaiting(further);

    enter(lane, SHY, 1);

    assertThat(lane.next()).isNotNull();
    lane.secondPassed(busy);
    assertThat(further.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void furtherCallThatWaitsGivesNobodyTheShareThatIsKeptForOthers() throws Exception {
    Lane lane = lane(2);
    enter(lane, WEB, 2);
    Line busy = begin(lane).line();
    FutureTask<Boolean> further = new FutureTask<>(() -> lane.takeAnother(busy, LONG));
    awaitWaiting(further);

    assertThat(lane.next()).isNull();
    lane.secondPassed(busy);
    assertThat(further.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void furtherCallGoesBeforeWhatHasNotBegun() throws Exception {
    Lane lane = lane(1);
    enter(lane, WEB, 1);
    Line line = begin(lane).line();
    enter(lane, JOB, 1);
    FutureTask<Boolean> further = new FutureTask<>(() -> lane.takeAnother(line, LONG));
    awaitWaiting(further);

    lane.secondPassed(line);

    assertThat(lane.next()).isNull();
    assertThat(further.get(20, TimeUnit.SECONDS)).isTrue();
    lane.secondPassed(line);
    assertThat(lane.next()).isNotNull();
  }

  @Test
  void whatAFurtherCallGaveUpWaitingForIsThereForOthers() throws Exception {
    Lane lane = lane(1);
    enter(lane, WEB, 2);
    Line line = begin(lane).line();
    assertThat(lane.takeAnother(line, Duration.ofMillis(1))).isFalse();

    lane.secondPassed(line);

    assertThat(lane.next()).isNotNull();
  }

  @Test
  void furtherCallsWaitForTheEndOfARest() throws Exception {
    Lane lane = lane(5);
    Line line = begin(lane, WEB);
    lane.rest();
    FutureTask<Boolean> further = new FutureTask<>(() -> lane.takeAnother(line, LONG));
    awaitWaiting(further);

    lane.restEnded();

    assertThat(further.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void nothingBeginsDuringARest() {
    Lane lane = lane(5, 5, 10, 10);
    enter(lane, WEB, 1);
    lane.rest();
    lane.rest();
    assertThat(lane.next()).isNull();
    lane.restEnded();
    assertThat(lane.next()).isNull();
    lane.restEnded();

    assertThat(lane.next()).isNotNull();
  }

  @Test
  void whoLeavesHasNoTurn() {
    Lane lane = lane(5, 5, 10, 10);
    Flight gone = enter(lane, WEB, 1).get(0);
    lane.enter(gone, JOB);

    assertThat(lane.leave(gone)).isTrue();

    assertThat(lane.next()).isNull();
    assertThat(lane.leave(gone)).isFalse();
    assertThat(lane.load()).isEqualTo(new Lane.Load(0, 0));
  }

  private static Lane lane(int perSecond) {
    return new Lane(
        FetchLimits.IMDS
            .withPerSecond(perSecond)
            .withAtOnce(9, 9)
            .withWaiting(9, 9)
            .withLongestWait(Duration.ofSeconds(1))
            .withLongestRest(Duration.ofSeconds(1)));
  }

  /** Runs it on a thread of its own, and waits until that waits. */
  private static void awaitWaiting(FutureTask<Boolean> task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(task.isDone()).isFalse();
      Thread.onSpinWait();
    }
  }

  private static Lane lane(int atOnce, int atOnceForOnePod, int waiting, int waitingForOnePod) {
    Duration some = Duration.ofSeconds(1);
    return new Lane(
        FetchLimits.IMDS
            .withPerSecond(0)
            .withAtOnce(atOnce, atOnceForOnePod)
            .withWaiting(waiting, waitingForOnePod)
            .withLongestWait(some)
            .withLongestRest(some));
  }

  private static List<Flight> enter(Lane lane, @Nullable NamespacedName pod, int count) {
    List<Flight> flights = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Flight flight = Flight.once(query("shop/x"), START);
      assertThat(lane.enter(flight, pod)).isNull();
      flights.add(flight);
    }
    return flights;
  }

  /** How many calls that pod gets, which asks on and on and whose answers come at once. */
  private static int callsOf(Lane lane, NamespacedName pod) {
    int calls = 0;
    Flight last = enter(lane, pod, 1).get(0);
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      calls++;
      lane.done(turn);
      last = enter(lane, pod, 1).get(0);
    }
    assertThat(lane.leave(last)).isTrue();
    return calls;
  }

  /** The line of one that has had its call. */
  private static Line begin(Lane lane, NamespacedName pod) {
    enter(lane, pod, 1);
    Lane.Turn turn = begin(lane);
    lane.done(turn);
    return turn.line();
  }

  private static Lane.Turn begin(Lane lane) {
    return requireNonNull(lane.next());
  }

  /** All that wait, one after the other. */
  private static List<Flight> all(Lane lane) {
    List<Flight> order = new ArrayList<>();
    for (Lane.Turn turn = lane.next(); turn != null; turn = lane.next()) {
      order.add(turn.flight());
      lane.done(turn);
    }
    return order;
  }

  private static @Nullable Flight flight(Lane.@Nullable Turn turn) {
    return turn == null ? null : turn.flight();
  }
}
