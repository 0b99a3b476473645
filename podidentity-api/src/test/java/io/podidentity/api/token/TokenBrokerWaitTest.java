package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.token.TokenBrokerTest.assertRefused;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Pod;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TokenBrokerWaitTest {
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address("10.0.0.7").build();
  private static final AzureIdentity X = identity("shop/x");
  private static final AssignedIdentity ASSIGNED = record(WEB, X).build();
  private static final AssignedIdentity CREATED =
      record(WEB, X).state(AssignmentState.CREATED).build();

  private final InMemoryNode node = new InMemoryNode();
  private final StubTokens tokens = new StubTokens();
  private final ManualTimer timer = new ManualTimer();
  private final TokenBroker broker =
      new TokenBroker(
          node,
          OperationMode.standard(node, Set::of, false),
          Exemptions.of(node),
          tokens,
          HoldPolicy.DEFAULT,
          timer);

  @Test
  void aPodThatIsNotKnownYetIsWaitedFor() {
    node.put(ASSIGNED);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    assertThat(answer).isNotDone();

    node.put(WEB);

    assertThat(answer).isCompleted();
    assertNothingLeft();
  }

  @Test
  void anAddressOfNoPodIsRefusedAfterTheHold() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));

    timer.advance(Duration.ofMillis(1199));
    assertThat(answer).isNotDone();
    timer.advance(Duration.ofMillis(1));

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
    assertNothingLeft();
  }

  /** The records are v1's, which name a pod and not its UID. */
  @Test
  void aPodThatIsGoneWhenItsIdentityComesGetsNoToken() {
    node.put(WEB);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    node.remove(WEB);

    node.put(record(WEB, X).podUid(null).build());
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
    assertThat(tokens.queries).isEmpty();
    assertNothingLeft();
  }

  @Test
  void whatWasHeldForAPodIsNotGivenToTheNextOwnerOfItsAddressOrItsName() {
    node.put(WEB);
    CompletableFuture<TokenGrant> held = broker.request(requestFrom("10.0.0.7"));
    node.remove(WEB);
    node.put(pod("shop/next").bindingLabel("app").address("10.0.0.7").build());
    AssignedIdentity withoutUid = record(WEB, X).podUid(null).build();
    node.put(withoutUid);
    assertRefused(held, ErrorReason.POD_NOT_FOUND);

    node.remove(withoutUid);
    node.remove(pod("shop/next").address("10.0.0.7").build());
    node.put(WEB);
    CompletableFuture<TokenGrant> heldAgain = broker.request(requestFrom("10.0.0.7"));
    node.put(pod("shop/web").uid("another").bindingLabel("app").address("10.0.0.7").build());
    node.put(withoutUid);
    assertRefused(heldAgain, ErrorReason.POD_NOT_FOUND);

    assertThat(tokens.queries).isEmpty();
    assertNothingLeft();
  }

  @Test
  void anAddressOfTwoPodsIsWaitedForUntilItIsOnesAlone() {
    Pod leaving = pod("shop/leaving").bindingLabel("app").address("10.0.0.7").build();
    node.put(leaving);
    node.put(WEB);
    node.put(ASSIGNED);
    CompletableFuture<TokenGrant> refused = broker.request(requestFrom("10.0.0.7"));
    timer.advance(Duration.ofMillis(1200));
    assertRefused(refused, ErrorReason.POD_AMBIGUOUS);

    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    node.remove(leaving);

    assertThat(answer.join().pod()).isEqualTo(WEB.name());
    assertNothingLeft();
  }

  @Test
  void theAnswerLeavesWithTheChangeThatItWaitedFor() {
    node.put(WEB);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    node.put(CREATED);
    assertThat(answer).isNotDone();

    node.put(ASSIGNED);

    assertThat(answer).isCompleted();
    assertThat(tokens.threads).containsExactly(Thread.currentThread());
    assertNothingLeft();
  }

  @Test
  void withoutARecordItIsHeldForEightySeconds() {
    node.put(WEB);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));

    timer.advance(Duration.ofSeconds(80).minusMillis(1));
    assertThat(answer).isNotDone();
    timer.advance(Duration.ofMillis(1));

    assertRefused(answer, ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingLeft();
  }

  @Test
  void withARecordItIsHeldForAHundredSeconds() {
    node.put(WEB);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    timer.advance(Duration.ofSeconds(79));
    node.put(CREATED);

    timer.advance(Duration.ofSeconds(21).minusMillis(1));
    assertThat(answer).isNotDone();
    timer.advance(Duration.ofMillis(1));

    assertRefused(answer, ErrorReason.IDENTITY_NOT_ASSIGNED);
    assertNothingLeft();
  }

  @Test
  void aRecordThatGoesAgainTakesTheLongerHoldWithIt() {
    node.put(WEB);
    node.put(CREATED);
    CompletableFuture<TokenGrant> early = broker.request(requestFrom("10.0.0.7"));
    timer.advance(Duration.ofSeconds(10));
    CompletableFuture<TokenGrant> late = broker.request(requestFrom("10.0.0.7"));

    node.remove(CREATED);
    timer.advance(Duration.ofSeconds(70));

    assertRefused(early, ErrorReason.IDENTITY_NOT_BOUND);
    assertThat(late).isNotDone();
    timer.advance(Duration.ofSeconds(10));
    assertRefused(late, ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingLeft();
  }

  @Test
  void whoHangsUpFreesAllAtOnce() {
    CompletableFuture<TokenGrant> forPod = broker.request(requestFrom("10.0.0.7"));
    forPod.cancel(false);
    assertNothingLeft();

    node.put(WEB);
    CompletableFuture<TokenGrant> forRecord = broker.request(requestFrom("10.0.0.7"));
    assertThat(node.subscriptions()).isEqualTo(1);
    forRecord.cancel(false);
    assertNothingLeft();

    node.put(ASSIGNED);
    CompletableFuture<List<AccessToken>> fetch = new CompletableFuture<>();
    tokens.answer = query -> fetch;
    CompletableFuture<TokenGrant> forToken = broker.request(requestFrom("10.0.0.7"));
    forToken.cancel(false);
    assertThat(fetch).isCancelled();
  }

  /** Not by a count that the broker keeps: nothing at all may hold on to it. */
  @Test
  void aRequestThatIsOverIsForgotten() {
    node.put(WEB);
    CompletableFuture<TokenGrant> waiting = broker.request(requestFrom("10.0.0.7"));
    WeakReference<CompletableFuture<TokenGrant>> cancelled =
        new WeakReference<>(broker.request(requestFrom("10.0.0.7")));
    cancelled.get().cancel(false);
    WeakReference<CompletableFuture<TokenGrant>> refused =
        new WeakReference<>(broker.request(requestFrom("10.0.0.9")));
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    await(
        () -> {
          System.gc();
          return cancelled.get() == null && refused.get() == null;
        });
    assertThat(waiting).isNotDone();
  }

  @Test
  void whoHangsUpCausesNoFetch() {
    node.put(WEB);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    answer.cancel(false);

    node.put(ASSIGNED);

    assertThat(tokens.queries).isEmpty();
  }

  @Test
  void closingRefusesWhoWaitsAndWhoComes() {
    CompletableFuture<TokenGrant> forPod = broker.request(requestFrom("10.0.0.9"));
    node.put(WEB);
    CompletableFuture<TokenGrant> forRecord = broker.request(requestFrom("10.0.0.7"));

    broker.close();

    assertRefused(forPod, ErrorReason.SHUTTING_DOWN);
    assertRefused(forRecord, ErrorReason.SHUTTING_DOWN);
    node.put(ASSIGNED);
    assertRefused(broker.request(requestFrom("10.0.0.7")), ErrorReason.SHUTTING_DOWN);
    assertThat(tokens.queries).isEmpty();
    assertNothingLeft();
    broker.close();
  }

  @Test
  void drainingRefusesWhoWaitsAndWhoComesAndLetsFetchesGoOn() {
    node.put(WEB);
    CompletableFuture<TokenGrant> waiting = broker.request(requestFrom("10.0.0.7"));
    Pod served = pod("shop/served").bindingLabel("app").address("10.0.0.8").build();
    node.put(served);
    node.put(record(served, X).build());
    tokens.answer = query -> new CompletableFuture<>();
    CompletableFuture<TokenGrant> fetching = broker.request(requestFrom("10.0.0.8"));

    broker.drain();

    assertRefused(waiting, ErrorReason.SHUTTING_DOWN);
    assertRefused(broker.request(requestFrom("10.0.0.8")), ErrorReason.SHUTTING_DOWN);
    assertThat(fetching).isNotDone();
    assertNothingLeft();
  }

  @Test
  void afterDrainingAFetchIsAnsweredUntilTheBrokerIsClosed() {
    node.put(WEB);
    node.put(ASSIGNED);
    List<CompletableFuture<List<AccessToken>>> fetches = new ArrayList<>();
    tokens.answer =
        query -> {
          fetches.add(new CompletableFuture<>());
          return fetches.get(fetches.size() - 1);
        };
    CompletableFuture<TokenGrant> quick = broker.request(requestFrom("10.0.0.7"));
    CompletableFuture<TokenGrant> slow = broker.request(requestFrom("10.0.0.7"));

    broker.drain();
    fetches.get(0).complete(StubTokens.tokens(tokens.queries.get(0)));
    assertThat(quick).isCompleted();
    assertThat(slow).isNotDone();
    broker.close();

    assertRefused(slow, ErrorReason.SHUTTING_DOWN);
    assertThat(fetches.get(1)).isCancelled();
  }

  @Test
  void anInterruptedCallerGivesUp() throws Exception {
    node.put(WEB);
    CompletableFuture<PodIdentityException> refusal = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                broker.requestBlocking(requestFrom("10.0.0.7"));
              } catch (PodIdentityException e) {
                refusal.complete(e);
              }
              interrupted.complete(Thread.currentThread().isInterrupted());
            });
    caller.start();
    await(() -> node.subscriptions() == 1);

    caller.interrupt();

    assertThat(refusal.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    assertNothingLeft();
    caller.join();
  }

  @Test
  void aThousandWaitsHoldNoThread() {
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String address = "10.1.%d.%d".formatted(i / 250, i % 250);
      pods.add(pod("shop/web-" + i).bindingLabel("app").address(address).build());
    }
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    List<CompletableFuture<TokenGrant>> answers = new ArrayList<>();

    pods.forEach(node::put);
    for (Pod pod : pods) {
      answers.add(broker.request(requestFrom(pod.addresses().iterator().next().getHostAddress())));
    }

    assertThat(answers).noneMatch(CompletableFuture::isDone);
    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    after.removeAll(before);
    assertThat(after).isEmpty();
    assertThat(node.subscriptions()).isEqualTo(1000);

    pods.forEach(pod -> node.put(record(pod, X).build()));

    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(answers).extracting(answer -> answer.join().pod()).doesNotHaveDuplicates();
    assertNothingLeft();
  }

  @Test
  void noWakeUpIsLostHoweverTheChangeAndTheRequestMeet() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    CyclicBarrier start = new CyclicBarrier(2);
    try {
      for (int round = 0; round < 2000; round++) {
        Pod pod = pod("shop/web-" + round).bindingLabel("app").address("10.0.0.7").build();
        Future<?> change =
            other.submit(
                () -> {
                  start.await();
                  node.put(pod);
                  node.put(record(pod, X).build());
                  return null;
                });
        start.await();
        CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));

        assertThat(answer.get(10, TimeUnit.SECONDS).pod()).isEqualTo(pod.name());
        change.get();
        node.remove(pod);
      }
      assertNothingLeft();
    } finally {
      other.shutdown();
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private void assertNothingLeft() {
    assertThat(node.subscriptions()).isZero();
    // What is no request's: that an address is nobody's is forgotten by then.
    timer.advance(PodFinder.REMEMBERED);
    assertThat(timer.pending()).isZero();
  }
}
