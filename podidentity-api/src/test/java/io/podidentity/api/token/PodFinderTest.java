package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.address;
import static io.podidentity.api.fixture.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which pod asks, when the news of it have not come yet. */
class PodFinderTest {
  private static final Duration HOLD = HoldPolicy.DEFAULT.untilPodIsKnown();
  private static final Pod WEB = pod("shop/web").address("10.0.0.7").address("fd00::7").build();
  private static final Caller FROM_WEB = new Caller.ByAddress(address("10.0.0.7"));
  private static final Caller FOR_WEB = new Caller.OnBehalfOf(name("shop/web"));
  private final PodIdentityException away =
      new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE, "connection refused", Duration.ofSeconds(7), null);

  private final InMemoryNode node = new InMemoryNode();
  private final ManualTimer timer = new ManualTimer();
  private final PodFinder finder = new PodFinder(node, timer, HOLD);

  @Test
  void aKnownPodIsFoundWithoutACall() {
    node.put(WEB);

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
    assertThat(finder.find(FOR_WEB)).isCompletedWithValue(WEB);
    assertThat(node.lists()).isZero();
    assertNothingLeft();
  }

  @Test
  void aPodOfWhichNoNewsHaveComeIsFoundByOneCall() {
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
    assertThat(node.lists()).isEqualTo(1);
    assertNothingLeft();
  }

  /** A field selector on {@code status.podIP} would see the first address only. */
  @Test
  void eachOfItsAddressesAndItsNameFindAPodInAList() {
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(new Caller.ByAddress(address("fd00::7")))).isCompletedWithValue(WEB);
    timer.advance(SharedList.REST);
    assertThat(finder.find(FOR_WEB)).isCompletedWithValue(WEB);
  }

  @Test
  void aListOfOthersShowsNobody() {
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    CompletableFuture<Pod> stranger = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    timer.advance(SharedList.REST);
    CompletableFuture<Pod> named = finder.find(new Caller.OnBehalfOf(name("shop/other")));
    timer.advance(HOLD);

    assertRefused(stranger, ErrorReason.POD_NOT_FOUND);
    assertRefused(named, ErrorReason.POD_NOT_FOUND);
    assertThat(node.lists()).isEqualTo(2);
  }

  @Test
  void aListIsJudgedAsTheDirectoryIs() {
    Pod host = pod("shop/host").hostNetwork().address("10.0.0.7").build();
    Pod ended = pod("shop/ended").phase(PodPhase.FAILED).address("10.0.0.7").build();
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(host, ended)));
    CompletableFuture<Pod> byAddress = finder.find(FROM_WEB);
    CompletableFuture<Pod> ofEnded = finder.find(new Caller.OnBehalfOf(ended.name()));
    CompletableFuture<Pod> ofHost = finder.find(new Caller.OnBehalfOf(host.name()));
    timer.advance(HOLD);

    assertRefused(byAddress, ErrorReason.POD_NOT_FOUND);
    assertRefused(ofEnded, ErrorReason.POD_NOT_FOUND);
    assertThat(ofHost).isCompletedWithValue(host);
  }

  @Test
  void aListTellsWhichOfTwoPodsStillHasTheAddress() {
    node.put(WEB);
    node.put(pod("shop/gone").address("10.0.0.7").build());
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
  }

  @Test
  void newsThatComeAfterAListThatShowsNothingAreInTime() {
    CompletableFuture<Pod> byAddress = finder.find(FROM_WEB);
    CompletableFuture<Pod> byName = finder.find(FOR_WEB);
    assertThat(byAddress).isNotDone();

    node.put(WEB);

    assertThat(byAddress).isCompletedWithValue(WEB);
    assertThat(byName).isCompletedWithValue(WEB);
    assertThat(node.subscriptions()).isZero();
  }

  @Test
  void allWhoMissAPodShareOneCall() {
    CompletableFuture<List<Pod>> call = new CompletableFuture<>();
    node.listsAre(() -> call);
    var unused = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    call.complete(List.of());
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    List<CompletableFuture<Pod>> searches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      searches.add(finder.find(FROM_WEB));
    }
    assertThat(node.lists()).as("calls, before the rest after the first ends").isEqualTo(1);

    timer.advance(SharedList.REST);

    assertThat(searches).allSatisfy(search -> assertThat(search).isCompletedWithValue(WEB));
    assertThat(node.lists()).isEqualTo(2);
  }

  /** What it shows may be older than they are: their address may have been another's then. */
  @Test
  void allWhoCameDuringACallShareTheNextOne() {
    CompletableFuture<List<Pod>> slow = new CompletableFuture<>();
    node.listsAre(() -> slow);
    CompletableFuture<Pod> first = finder.find(FROM_WEB);
    List<CompletableFuture<Pod>> late = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      late.add(finder.find(FROM_WEB));
    }
    timer.advance(SharedList.REST);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    slow.complete(List.of(WEB));

    assertThat(first).isCompletedWithValue(WEB);
    assertThat(late).allSatisfy(search -> assertThat(search).isCompletedWithValue(WEB));
    assertThat(node.lists()).isEqualTo(2);
    assertNothingLeft();
  }

  @Test
  void aCallThatBeganBeforeARequestDoesNotGiveItsAddressToThePodThatHadIt() {
    Pod successor = pod("other/successor").address("10.0.0.7").build();
    CompletableFuture<List<Pod>> slow = new CompletableFuture<>();
    node.listsAre(() -> slow);
    var unused = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    CompletableFuture<Pod> asked = finder.find(FROM_WEB);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(successor)));

    slow.complete(List.of(WEB));

    assertThat(asked).as("by a call that is older than the request").isNotDone();
    timer.advance(SharedList.REST);
    assertThat(asked).isCompletedWithValue(successor);
  }

  @Test
  void whoCameDuringACallThatDoesNotShowThePodHasTheNextOne() {
    CompletableFuture<List<Pod>> first = new CompletableFuture<>();
    node.listsAre(() -> first);
    CompletableFuture<Pod> early = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    CompletableFuture<Pod> late = finder.find(FROM_WEB);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    first.complete(List.of());
    assertThat(late).isNotDone();
    timer.advance(SharedList.REST);

    assertThat(late).isCompletedWithValue(WEB);
    assertThat(early).isNotDone();
    assertThat(node.lists()).isEqualTo(2);
  }

  @Test
  void anAbsentPodCausesNoFurtherCallForAWhile() {
    for (int i = 0; i < 50; i++) {
      CompletableFuture<Pod> search = finder.find(FROM_WEB);
      timer.advance(Duration.ofMillis(90));
      assertThat(search).isNotDone();
    }
    assertThat(node.lists()).isEqualTo(1);

    timer.advance(PodFinder.REMEMBERED);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
    assertThat(node.lists()).isEqualTo(2);
  }

  /** Any process of the node may ask at /host/token/ for whatever names it likes. */
  @Test
  void ofManyAbsentPodsAThousandAreRemembered() {
    CompletableFuture<List<Pod>> list = new CompletableFuture<>();
    node.listsAre(() -> list);
    for (int i = 0; i < 1500; i++) {
      var unused = finder.find(new Caller.OnBehalfOf(name("shop/absent-" + i)));
    }
    // The first one's call shows it absent; all others' is the next one.
    list.complete(List.of());
    timer.advance(HOLD);

    assertThat(node.lists()).isEqualTo(2);
    assertThat(timer.pending()).as("remembered").isLessThanOrEqualTo(1000 + 1);
    timer.advance(PodFinder.REMEMBERED);
    assertNothingLeft();
  }

  /** Whoever may choose the address that he sends from must not make NMI poll either. */
  @Test
  void manyAbsentPodsCauseNoMoreThanOneCallASecond() {
    for (int i = 0; i < 200; i++) {
      var unused = finder.find(new Caller.ByAddress(address("10.9.0." + i)));
      timer.advance(Duration.ofMillis(50));
    }

    assertThat(node.lists()).isLessThanOrEqualTo(11);
    timer.advance(HOLD.plus(SharedList.REST));
    assertNothingLeft();
  }

  @Test
  void withoutTheApiServerTheRefusalIsOneThatIsRetried() {
    node.listsAre(() -> CompletableFuture.failedFuture(away));
    CompletableFuture<Pod> search = finder.find(FROM_WEB);
    assertThat(search).isNotDone();
    timer.advance(HOLD);

    PodIdentityException refusal = assertRefused(search, ErrorReason.CLUSTER_UNAVAILABLE);
    assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(refusal).hasMessageContaining("10.0.0.7").hasCause(away);
  }

  @Test
  void anApiServerThatDoesNotAnswerInTimeIsTakenForOneThatIsAway() {
    node.listsAre(CompletableFuture::new);
    CompletableFuture<Pod> search = finder.find(FOR_WEB);
    timer.advance(HOLD);

    PodIdentityException refusal = assertRefused(search, ErrorReason.CLUSTER_UNAVAILABLE);
    assertThat(refusal.retryAfter()).isPresent();
    assertThat(refusal).hasMessageContaining("shop/web");
  }

  @Test
  void newsThatComeWhileTheApiServerDoesNotAnswerAreTaken() {
    node.listsAre(
        () -> {
          throw new IllegalStateException("a broken directory");
        });
    CompletableFuture<Pod> search = finder.find(FROM_WEB);

    node.put(WEB);

    assertThat(search).isCompletedWithValue(WEB);
  }

  @Test
  void aCallThatCannotBeMadeDoesNotKeepFromTheNextOne() {
    node.listsAre(
        () -> {
          throw new NoClassDefFoundError("a part of the client");
        });
    var unused = finder.find(FROM_WEB);
    timer.advance(HOLD);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
  }

  @Test
  void aFailedCallIsNotTakenForAnAnswer() {
    node.listsAre(() -> CompletableFuture.failedFuture(away));
    var unused = finder.find(FROM_WEB);
    timer.advance(HOLD);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
  }

  @Test
  void whoGivesUpIsForgottenAtOnce() {
    CompletableFuture<List<Pod>> call = new CompletableFuture<>();
    node.listsAre(() -> call);
    CompletableFuture<Pod> search = finder.find(FROM_WEB);

    search.cancel(false);

    assertThat(node.subscriptions()).isZero();
    assertThat(timer.pending()).as("the rest after the call alone").isEqualTo(1);
    call.complete(List.of());
    timer.advance(SharedList.REST);
    assertNothingLeft();
    // Not remembered as absent: nobody was left to ask for it.
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
  }

  @Test
  void forWhoGivesUpDuringACallThereIsNoOther() {
    CompletableFuture<List<Pod>> call = new CompletableFuture<>();
    node.listsAre(() -> call);
    var unused = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    CompletableFuture<Pod> late = finder.find(FROM_WEB);

    late.cancel(false);
    call.complete(List.of());
    timer.advance(SharedList.REST);

    assertThat(node.lists()).isEqualTo(1);
  }

  @Test
  void aCallThatTakesLongerThanTheRestIsFollowedByTheNextAtOnce() {
    CompletableFuture<List<Pod>> slow = new CompletableFuture<>();
    node.listsAre(() -> slow);
    var unused = finder.find(new Caller.ByAddress(address("10.0.0.9")));
    CompletableFuture<Pod> late = finder.find(FROM_WEB);
    timer.advance(SharedList.REST);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    assertThat(node.lists()).isEqualTo(1);

    slow.complete(List.of());

    assertThat(late).isCompletedWithValue(WEB);
  }

  @Test
  void aPodThatACallHasShownIsNotTakenForAbsent() {
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
    timer.advance(SharedList.REST);

    assertThat(finder.find(FROM_WEB)).isCompletedWithValue(WEB);
  }

  /** As the future of a directory that computes its list in steps ends. */
  @Test
  void aFailureThatIsWrappedIsTold() {
    node.listsAre(() -> CompletableFuture.<List<Pod>>failedFuture(away).thenApply(all -> all));
    CompletableFuture<Pod> search = finder.find(FROM_WEB);
    timer.advance(HOLD);

    assertThat(assertRefused(search, ErrorReason.CLUSTER_UNAVAILABLE)).hasCause(away);
  }

  private void assertNothingLeft() {
    assertThat(node.subscriptions()).isZero();
    timer.advance(PodFinder.REMEMBERED);
    assertThat(timer.pending()).isZero();
  }

  private static PodIdentityException assertRefused(
      CompletableFuture<Pod> search, ErrorReason reason) {
    assertThat(search).isCompletedExceptionally();
    Throwable error = search.handle((pod, e) -> e).join();
    assertThat(error).isInstanceOf(PodIdentityException.class);
    assertThat(((PodIdentityException) error).reason()).isEqualTo(reason);
    return (PodIdentityException) error;
  }
}
