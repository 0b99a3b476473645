package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.harness.Await;
import io.podidentity.harness.net.Relay;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.testkit.MutableClock;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class LeaderElectionTest {
  private static final Duration LEASE = Duration.ofSeconds(3);

  /** For tests in which a leader must not lose it because the machine is busy. */
  private static final Duration LONG_LEASE = LeaderElection.DEFAULT_DURATION;

  private static final Duration SOON = Duration.ofSeconds(30);

  private final List<Candidate> candidates = new ArrayList<>();
  private KubernetesClient admin;

  @BeforeEach
  void clear() {
    admin = TestCluster.shared().asAdmin();
    admin.leases().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).delete();
    admin.endpoints().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).delete();
  }

  @AfterEach
  void end() {
    candidates.forEach(Candidate::end);
    admin.close();
  }

  @Test
  void oneBecomesTheLeaderAndTheOtherFollowsSoonAfterItsRelease() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    Candidate second = candidate("second").stand();
    assertThat(holder()).isEqualTo("first");
    assertThat(second.started).hasValue(0);
    assertThat(second.election.isLeader()).isFalse();

    first.election.close();

    second.awaitLeading();
    assertThat(first.election.isLeader()).isFalse();
    assertThat(first.lost).as("released on purpose").hasValue(0);
    assertThat(holder()).isEqualTo("second");
    assertThat(second.started).hasValue(1);
  }

  @Test
  void releasedLocksAreTakenWithinTwoSecondsHoweverLongTheyWouldLast() {
    Candidate first = candidate("first", LeaderElection.DEFAULT_DURATION, true).stand();
    first.awaitLeading();
    Candidate second = candidate("second", LeaderElection.DEFAULT_DURATION, true).stand();
    Await.until("a look", SOON, () -> second.relay.accepted() > 0);

    first.election.close();

    Await.until("leading", Duration.ofSeconds(2), second.election::isLeader);
  }

  @Test
  void leaderOfV1IsWaitedForUntilItsLockHasRunOut() {
    V1Lock v1 = new V1Lock(admin, "mic-of-v1", LEASE);
    assertThat(v1.tryAcquireOrRenew()).isTrue();
    Candidate candidate = candidate("new").stand();
    for (int i = 0; i < 3; i++) {
      int looks = candidate.relay.sent();
      Await.until("a look", SOON, () -> candidate.relay.sent() > looks);
      assertThat(v1.tryAcquireOrRenew()).isTrue();
      assertThat(candidate.election.isLeader()).isFalse();
    }
    assertThat(lease()).as("no lease beside v1's lock").isNull();

    candidate.awaitLeading();

    assertThat(v1.tryAcquireOrRenew()).as("v1 has lost it").isFalse();
  }

  @Test
  void mutualExclusionWithV1HoldsInEveryOrderOfStarts() {
    V1Lock v1 = new V1Lock(admin, "mic-of-v1", LONG_LEASE);
    Candidate first = candidate("first", LONG_LEASE, true).stand();
    first.awaitLeading();
    for (int i = 0; i < 2; i++) {
      first.awaitRenewal();
      assertThat(v1.tryAcquireOrRenew()).as("while ours leads").isFalse();
    }

    first.election.close();
    V1Lock rolledBack = new V1Lock(admin, "mic-of-v1", LEASE);
    assertThat(rolledBack.tryAcquireOrRenew()).as("a roll-back: at once").isTrue();

    candidate("second").stand().awaitLeading();
    assertThat(rolledBack.tryAcquireOrRenew()).as("v1 has not renewed").isFalse();
  }

  @Test
  void leaderWhoseV1LockIsTakenStopsThoughItsLeaseIsItsOwn() {
    Candidate candidate = candidate("robbed").stand();
    candidate.awaitLeading();

    V1Lock v1 = new V1Lock(admin, "mic-of-v1", LEASE);
    Await.until(
        "v1 has it",
        SOON,
        () -> {
          admin.endpoints().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).delete();
          return v1.tryAcquireOrRenew();
        });

    Await.until("the loss", SOON, () -> candidate.lost.get() == 1);
    assertThat(candidate.election.isLeader()).isFalse();
  }

  @Test
  void leaseOfOneThatKnowsNoEndpointsIsRespectedAndV1sLockLeftAlone() {
    candidate("lease-only", LEASE, false).stand().awaitLeading();
    assertThat(endpoints()).isNull();

    Candidate both = candidate("both").stand();
    int looks = both.relay.sent();
    Await.until("four looks", SOON, () -> both.relay.sent() > looks + 4);

    assertThat(both.election.isLeader()).isFalse();
    assertThat(endpoints()).as("not taken by who does not lead").isNull();
  }

  @Test
  void bothLocksNameTheLeaderAndKeepWhatOthersWroteThere() {
    TestCluster.shared()
        .api()
        .apply(
            """
            {"apiVersion": "v1", "kind": "Endpoints",
             "metadata": {"name": "aad-pod-identity-mic", "namespace": "default",
                          "labels": {"team": "blue"}}}
            """);
    Candidate candidate = candidate("first").stand();
    candidate.awaitLeading();
    candidate.awaitRenewal();

    assertThat(holder()).isEqualTo("first");
    assertThat(endpoints().getMetadata().getLabels()).containsEntry("team", "blue");
    assertThat(endpoints().getMetadata().getAnnotations().get(EndpointsLock.ANNOTATION))
        .matches(
            "\\{\"holderIdentity\":\"first\",\"leaseDurationSeconds\":3,"
                + "\"acquireTime\":\"[^\"]*Z\",\"renewTime\":\"[^\"]*Z\",\"leaderTransitions\":1}");
  }

  @Test
  void releasedV1LockNamesNobodyAsClientGoLeavesIt() {
    Candidate candidate = candidate("first").stand();
    candidate.awaitLeading();

    candidate.election.close();

    assertThat(endpoints().getMetadata().getAnnotations().get(EndpointsLock.ANNOTATION))
        .contains("\"holderIdentity\":\"\"")
        .contains("\"leaseDurationSeconds\":1");
    assertThat(lease().getSpec().getHolderIdentity()).isNull();
  }

  @Test
  void kubectlDescribeShowsWhoBecameTheLeader() {
    Candidate candidate = candidate("first").stand();
    candidate.awaitLeading();
    KubernetesClusterView none =
        new KubernetesClusterView(admin, (name, providerId) -> null, Clock.systemUTC());

    new KubernetesEvents(
            candidate.client, none, Runnable::run, Clock.systemUTC(), CallRate.unlimited())
        .leads(candidate.election, true);

    assertThat(
            TestCluster.shared()
                .api()
                .kubectl("describe", "endpoints", LeaderElection.DEFAULT_NAME, "-n", "default")
                .replaceAll("\\s+", " "))
        .containsPattern("Normal LeaderElection \\S+ aadpodidentity.k8s.io first became leader");
  }

  @Test
  void leaderThatDisappearsIsFollowedWhenItsLeaseHasRunOut() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    Candidate second = candidate("second").stand();

    first.relay.close();

    assertFollowed(first, second);
  }

  @Test
  void timeOfBothLocksRunsOutTogether() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    first.relay.close();
    Await.until("the first to stop", SOON, () -> !first.election.isLeader());
    AtomicLong nanos = new AtomicLong();
    Candidate second = candidate("second", Clock.systemUTC(), nanos::get, LEASE).stand();
    int looks = second.relay.sent();
    Await.until("looks", SOON, () -> second.relay.sent() > looks + 6);
    assertThat(second.started).as("no time has passed").hasValue(0);

    nanos.addAndGet(LEASE.plusMillis(1).toNanos());

    Await.until("leading", SOON, () -> second.started.get() == 1);
  }

  @Test
  void clockThatStepsForwardTakesNoLockEarly() {
    V1Lock holder = new V1Lock(admin, "mic-of-v1", Duration.ofMinutes(5));
    assertThat(holder.tryAcquireOrRenew()).isTrue();
    MutableClock clock = MutableClock.startingAt(Clock.systemUTC().instant());
    Candidate standby = candidate("standby", clock).stand();
    int before = standby.relay.sent();
    Await.until("looks", SOON, () -> standby.relay.sent() > before + 6);

    clock.advance(Duration.ofMinutes(10));
    int after = standby.relay.sent();
    Await.until("more looks", SOON, () -> standby.relay.sent() > after + 6);

    assertThat(standby.started).hasValue(0);
    assertThat(holder.tryAcquireOrRenew()).as("it holds the lock still").isTrue();
  }

  @Test
  void leaderWhoseServerHangsGivesUpBeforeItsLeaseHasRunOut() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    Candidate second = candidate("second").stand();

    first.relay.fallSilent();

    assertFollowed(first, second);
  }

  @Test
  void leaseThatTheHolderRenewsIsNotTakenHoweverOldItsClockSaysItIs() {
    Candidate slow = candidate("slow-clock", LONG_LEASE, true).stand();
    slow.awaitLeading();
    Candidate second = candidate("second", LONG_LEASE, true).stand();

    for (int i = 0; i < 2; i++) {
      // Not in a race with the holder, as an edit would be.
      TestCluster.shared()
          .api()
          .kubectl(
              "patch",
              "lease",
              LeaderElection.DEFAULT_NAME,
              "--type=merge",
              "-p",
              "{\"spec\": {\"renewTime\": \"2020-01-01T00:00:00.000000Z\"}}");
      slow.awaitRenewal();
    }

    assertThat(second.started).hasValue(0);
    assertThat(slow.election.isLeader()).isTrue();
  }

  @Test
  void leaderThatWasHaltedSaysSoBeforeItHasLostTheLease() {
    MutableClock clock = MutableClock.startingAt(Clock.systemUTC().instant());
    Candidate candidate = candidate("halted", clock).stand();
    Await.until("leading", SOON, () -> candidate.started.get() == 1);
    assertThat(candidate.election.isLeader()).isTrue();

    clock.advance(LEASE.dividedBy(2));

    assertThat(candidate.election.isLeader()).isFalse();
  }

  @Test
  void leaderWhoseClockStandsStillIsNoneOnceItCannotRenew() {
    MutableClock clock = MutableClock.startingAt(Clock.systemUTC().instant());
    Candidate leader = candidate("stopped", clock);
    leader.election.start();
    leader.awaitLeading();

    leader.relay.fallSilent();

    Await.until("it leads no longer", SOON, () -> !leader.election.isLeader());
  }

  @Test
  void leaseThatSomeoneMadeByHandIsTaken() {
    TestCluster.shared()
        .api()
        .apply(
            """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
             "metadata": {"name": "aad-pod-identity-mic", "namespace": "default"}}
            """);

    candidate("first").stand().awaitLeading();
  }

  @Test
  void whoHasNotLedReleasesNothing() {
    candidate("first").stand().awaitLeading();
    Candidate second = candidate("second").stand();

    second.election.close();

    assertThat(holder()).isEqualTo("first");
  }

  @Test
  void candidateThatWasNeverStartedCanBeClosed() {
    Candidate candidate = candidate("idle");

    candidate.election.close();

    assertThat(candidate.started).hasValue(0);
  }

  @Test
  void settingsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeaderElection.Settings("default", "name", "", LEASE, true))
        .withMessageContaining("identity");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new LeaderElection.Settings("default", "name", "me", Duration.ofMillis(999), true))
        .withMessageContaining("duration");
  }

  @Test
  void leaderThatCouldNotRenewForAWhileGoesOnIfNobodyElseLedMeanwhile() {
    Candidate alone = candidate("alone").stand();
    alone.awaitLeading();

    alone.relay.fallSilent();
    Await.until("the pause", SOON, () -> !alone.election.isLeader());
    alone.relay.speakAgain();

    Await.until("leading again", SOON, alone.election::isLeader);
    assertThat(alone.started).hasValue(1);
    assertThat(alone.lost).hasValue(0);
  }

  @Test
  void leaderThatCouldNotRenewForAWhileStopsIfAnotherLedMeanwhileAndIsGone() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    Candidate second = candidate("second").stand();

    first.relay.fallSilent();
    second.awaitLeading();
    second.election.close();
    first.relay.speakAgain();

    Await.until("the loss", SOON, () -> first.lost.get() == 1);
    assertThat(first.election.isLeader()).isFalse();
    assertThat(lease().getSpec().getHolderIdentity()).as("not taken again").isNull();
  }

  private static void assertFollowed(Candidate first, Candidate second) {
    Await.until("the first to stop", SOON, () -> !first.election.isLeader());
    assertThat(second.election.isLeader()).as("the lease still runs").isFalse();
    second.awaitLeading();
    assertThat(first.started).hasValue(1);
  }

  private String holder() {
    return lease().getSpec().getHolderIdentity();
  }

  private Lease lease() {
    return admin.leases().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).get();
  }

  private Endpoints endpoints() {
    return admin.endpoints().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).get();
  }

  private Candidate candidate(String identity) {
    return candidate(identity, Clock.systemUTC());
  }

  private Candidate candidate(String identity, Clock clock) {
    return candidate(identity, clock, LEASE, true);
  }

  private Candidate candidate(String identity, Duration duration, boolean endpoints) {
    return candidate(identity, Clock.systemUTC(), duration, endpoints);
  }

  private Candidate candidate(
      String identity, Clock clock, LongSupplier nanoTime, Duration duration) {
    return add(new Candidate(identity, clock, nanoTime, duration, true));
  }

  private Candidate candidate(String identity, Clock clock, Duration duration, boolean endpoints) {
    return add(new Candidate(identity, clock, System::nanoTime, duration, endpoints));
  }

  private Candidate add(Candidate candidate) {
    candidates.add(candidate);
    return candidate;
  }

  /** One instance, behind a piece of network of its own. */
  private final class Candidate {
    final AtomicInteger started = new AtomicInteger();
    final AtomicInteger lost = new AtomicInteger();
    final ExecutorService executor = Executors.newFixedThreadPool(2);
    final Relay relay = Relay.to(URI.create(admin.getConfiguration().getMasterUrl()));
    final KubernetesClient client = TestCluster.shared().asMicThrough(relay, LEASE);
    final LeaderElection election;

    Candidate(
        String identity, Clock clock, LongSupplier nanoTime, Duration duration, boolean endpoints) {
      election =
          new LeaderElection(
              client,
              new LeaderElection.Settings(
                  LeaderElection.DEFAULT_NAMESPACE,
                  LeaderElection.DEFAULT_NAME,
                  identity,
                  duration,
                  endpoints),
              clock,
              nanoTime,
              executor,
              started::incrementAndGet,
              lost::incrementAndGet);
    }

    Candidate stand() {
      election.start();
      return this;
    }

    void awaitLeading() {
      Await.until("leading", SOON, () -> started.get() == 1 && election.isLeader());
    }

    void awaitRenewal() {
      String version = version();
      Await.until("a renewal", SOON, () -> !version.equals(version()));
    }

    void end() {
      election.close();
      executor.shutdownNow();
      client.close();
      relay.close();
    }

    private String version() {
      return lease().getMetadata().getResourceVersion();
    }
  }
}
