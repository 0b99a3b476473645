package io.podidentity.api.assignment;

import static io.podidentity.api.assignment.Scene.N1;
import static io.podidentity.api.fixture.Samples.identityId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignmentState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An identity that Azure refuses hurts only itself. */
class BadIdentityTest {
  private final Scene scene = new Scene(Duration.ZERO);

  @Test
  void whatAzureBlamesIsLeftOutAtOnce() {
    manyGoodAndOneBad();
    scene.azure.blame();

    scene.run();

    assertThat(attaches()).isEqualTo(2);
    assertAllButTheBadOne();
  }

  @Test
  void withoutBlameItIsFoundByHalves() {
    manyGoodAndOneBad();

    scene.run();

    // All eight, and then two for each time that half of them is left.
    assertThat(attaches()).isEqualTo(1 + 2 * 3);
    assertAllButTheBadOne();
  }

  @Test
  void whatWasRefusedBeforeIsTriedApartFromOthers() {
    manyGoodAndOneBad();
    scene.run();
    scene.pod("late", "late");
    scene.clock.advance(Duration.ofSeconds(10));
    scene.log.calls().clear();

    scene.run();

    assertThat(scene.log.calls())
        .containsSubsequence("attach n1 late", "attach n1 bad")
        .noneMatch(call -> call.startsWith("attach") && call.contains("bad late"));
    assertThat(scene.azure.on(N1)).contains(identityId("late"));
  }

  @Test
  void itIsToldOnceForEachTry() {
    scene.pod("bad", "bad");
    scene.azure.reject(identityId("bad"));
    scene.run();
    scene.run();
    scene.run();

    assertThat(scene.telemetry.reports())
        .containsExactly(
            "target n1: TARGET_REJECTED", "not assigned default/bad-default-bad: TARGET_REJECTED");
  }

  @Test
  void whatIsPermittedMeanwhileIsAssigned() {
    scene.pod("bad", "bad");
    scene.azure.reject(identityId("bad"));
    scene.run();
    scene.azure.accept(identityId("bad"));
    scene.clock.advance(Duration.ofSeconds(10));

    scene.run();

    assertThat(scene.record("bad", "bad").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void aClockThatIsSetBackKeepsNothingAloneForLonger() {
    scene.pod("bad", "bad");
    scene.azure.reject(identityId("bad"));
    scene.run();
    scene.azure.accept(identityId("bad"));
    scene.clock.advance(Duration.ofDays(-1));

    scene.run();

    assertThat(scene.record("bad", "bad").state()).isEqualTo(AssignmentState.ASSIGNED);
  }

  @Test
  void whatWouldBeTooMuchForOneMachineIsSaidBeforeAzureIsAsked() {
    Scene small =
        new Scene(
            Duration.ZERO,
            new ApplierOptions(
                4, 2, new RetryPolicy(Duration.ofSeconds(10), Duration.ofMinutes(10))));
    small.azure.put(N1, identityId("foreign"));
    small.pod("a", "a");
    small.pod("b", "b");

    ReconcileReport report = small.run();

    assertThat(report.heldFor()).isNotNull();
    assertThat(small.azure.on(N1))
        .containsExactlyInAnyOrder(identityId("foreign"), identityId("a"));
    assertThat(small.log.calls()).contains("attach n1 a").noneMatch(c -> c.contains("attach n1 b"));
    assertThat(small.telemetry.reports())
        .contains("not assigned default/b-default-b: TARGET_REJECTED");
  }

  @Test
  void aLimitIsAtLeastOne() {
    assertThatThrownBy(() -> new ApplierOptions(4, 0, RetryPolicy.DEFAULT))
        .hasMessage("identitiesPerTarget must be at least 1");
  }

  @Test
  void thoseThatAreRefusedTogetherDoNotComeBackTogether() {
    Set<Duration> rests = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      Scene one = new Scene(Duration.ZERO, ApplierOptions.DEFAULT);
      one.pod("bad", "bad");
      one.azure.reject(identityId("bad"));
      rests.add(one.run().heldFor());
    }

    assertThat(rests)
        .hasSizeGreaterThan(1)
        .allSatisfy(
            rest -> assertThat(rest).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12)));
  }

  private void manyGoodAndOneBad() {
    for (int i = 0; i < 7; i++) {
      scene.pod("web-" + i, "x" + i);
    }
    scene.pod("bad", "bad");
    scene.azure.reject(identityId("bad"));
  }

  private long attaches() {
    return scene.log.calls().stream().filter(call -> call.startsWith("attach")).count();
  }

  private void assertAllButTheBadOne() {
    assertThat(scene.azure.on(N1)).hasSize(7).doesNotContain(identityId("bad"));
    for (int i = 0; i < 7; i++) {
      assertThat(scene.record("web-" + i, "x" + i).state()).isEqualTo(AssignmentState.ASSIGNED);
    }
    assertThat(scene.record("bad", "bad").state()).isEqualTo(AssignmentState.CREATED);
  }

  @Test
  void itIsLookedAtWhenTheFirstOfThoseThatRestIsDue() {
    scene.pod("web", "first");
    scene.azure.reject(identityId("first"));
    scene.run();
    scene.clock.advance(Duration.ofSeconds(10));
    scene.pod("api", "second");
    scene.azure.reject(identityId("second"));

    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void whatWasAttachedMeanwhileRestsForAShortTimeAgain() {
    scene.pod("bad", "bad");
    scene.azure.reject(identityId("bad"));
    scene.run();
    scene.azure.accept(identityId("bad"));
    scene.clock.advance(Duration.ofSeconds(10));
    scene.run();
    scene.azure.remove(N1, identityId("bad"));
    scene.azure.reject(identityId("bad"));
    scene.gone("bad");
    scene.run();
    scene.pod("again", "bad");
    scene.clock.advance(Duration.ofHours(1));

    assertThat(scene.run().heldFor()).isEqualTo(Duration.ofSeconds(10));
  }

  /** It is assigned, somebody took it off, and Azure does not take it any more. */
  @Test
  void whatCannotBePutBackIsLeftAloneForAWhile() {
    scene.pod("web", "x");
    scene.run();
    scene.azure.remove(N1, identityId("x"));
    scene.azure.reject(identityId("x"));
    scene.check();
    scene.log.calls().clear();

    scene.check();

    assertThat(scene.log.calls()).isEmpty();
  }

  @Test
  void whatWouldReplaceAnIdentityAndIsLeftAloneLeavesThatInPlaceThoughAnotherLeavesIt() {
    scene.pod("web", "x");
    scene.pod("api", "y");
    scene.cluster.put(Samples.identity("default/y", "x"));
    scene.run();
    scene.cluster.put(Samples.identity("default/x", "bad"));
    scene.azure.reject(identityId("bad"));
    scene.run();
    scene.gone("api");

    scene.run();

    assertThat(scene.azure.on(N1)).containsExactly(identityId("x"));
  }
}
