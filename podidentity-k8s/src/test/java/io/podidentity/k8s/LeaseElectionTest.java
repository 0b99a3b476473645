package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.harness.Await;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class LeaseElectionTest {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofSeconds(30);

  private final List<Candidate> candidates = new ArrayList<>();
  private KubernetesClient admin;

  @BeforeEach
  void clear() {
    admin = TestCluster.shared().asAdmin();
    admin.leases().inNamespace("default").withName(LeaseElection.DEFAULT_NAME).delete();
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
  void leaderThatDisappearsIsFollowedWhenItsLeaseHasRunOut() {
    Candidate first = candidate("first").stand();
    first.awaitLeading();
    Candidate second = candidate("second").stand();

    first.relay.close();

    assertFollowed(first, second);
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
    Candidate slow = candidate("slow-clock").stand();
    slow.awaitLeading();
    Candidate second = candidate("second").stand();

    for (int i = 0; i < 3; i++) {
      // Not in a race with the holder, as an edit would be.
      TestCluster.shared()
          .api()
          .kubectl(
              "patch",
              "lease",
              LeaseElection.DEFAULT_NAME,
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
        .isThrownBy(() -> new LeaseElection.Settings("default", "name", "", LEASE))
        .withMessageContaining("identity");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new LeaseElection.Settings("default", "name", "me", Duration.ofMillis(999)))
        .withMessageContaining("duration");
  }

  private static void assertFollowed(Candidate first, Candidate second) {
    Await.until("the first to lose", SOON, () -> first.lost.get() == 1);
    assertThat(first.election.isLeader()).isFalse();
    assertThat(second.election.isLeader()).as("the lease still runs").isFalse();
    second.awaitLeading();
    assertThat(first.started).hasValue(1);
  }

  private String holder() {
    return admin
        .leases()
        .inNamespace("default")
        .withName(LeaseElection.DEFAULT_NAME)
        .get()
        .getSpec()
        .getHolderIdentity();
  }

  private Candidate candidate(String identity) {
    return candidate(identity, Clock.systemUTC());
  }

  private Candidate candidate(String identity, Clock clock) {
    Candidate candidate = new Candidate(identity, clock);
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
    final LeaseElection election;

    Candidate(String identity, Clock clock) {
      election =
          new LeaseElection(
              client,
              new LeaseElection.Settings(
                  LeaseElection.DEFAULT_NAMESPACE, LeaseElection.DEFAULT_NAME, identity, LEASE),
              clock,
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
      return admin
          .leases()
          .inNamespace("default")
          .withName(LeaseElection.DEFAULT_NAME)
          .get()
          .getMetadata()
          .getResourceVersion();
    }
  }
}
