package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.PodPhase;
import io.podidentity.nmi.RawHttp.Received;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A token that is at hand is given to nobody who may not have it now: who may is asked on each
 * request, and is not kept with the token. The connection is the same one all the while.
 */
class WhoseTokenTest {
  private static final String POD = "127.0.0.2";

  private final TestNmi nmi = new TestNmi();
  private final Pod pod = nmi.pod("web", POD);
  private RawHttp connection;
  private AssignedIdentity record;

  @BeforeEach
  void hasAToken() throws IOException {
    record = nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    connection = nmi.from(POD);
    assertThat(ask().body()).contains("token-of-one");
    assertThat(ask().body()).contains("token-of-one");
    assertThat(nmi.fetched).as("fetched, then at hand").hasSize(1);
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void podWhoseRecordIsGoneIsRefused() throws IOException {
    nmi.cluster.deleteRecord(record.name());

    assertThat(askUntilTheHoldEnds()).isEqualTo("identity-not-bound");
  }

  @Test
  void podWhoseIdentityIsBeingTakenAwayIsRefused() throws IOException {
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.UNASSIGNED);

    assertThat(askUntilTheHoldEnds()).isEqualTo("identity-not-bound");
  }

  @Test
  void podThatIsBoundToAnotherIdentityGetsThatOnesToken() throws IOException {
    nmi.cluster.deleteRecord(record.name());
    nmi.record(pod, TestNmi.identity("two"), AssignmentState.ASSIGNED);

    assertThat(ask().body()).contains("token-of-two");
  }

  /** A StatefulSet's pod comes back under its name, often with its address. */
  @Test
  void successorOfTheSameNameAndAddressIsRefusedUntilItHasARecordOfItsOwn() throws IOException {
    Pod successor = with("web", "uid-of-the-successor", PodPhase.RUNNING);
    nmi.cluster.putPod(successor);

    assertThat(askUntilTheHoldEnds()).isEqualTo("identity-not-bound");
    nmi.record(successor, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    assertThat(ask().body()).contains("token-of-one");
  }

  @Test
  void nextOwnerOfTheAddressGetsItsOwnToken() throws IOException {
    nmi.cluster.putPod(with("web", pod.uid(), PodPhase.SUCCEEDED));
    nmi.record(nmi.pod("job", POD), TestNmi.identity("two"), AssignmentState.ASSIGNED);

    assertThat(ask().body()).contains("token-of-two");
  }

  @Test
  void podThatHasEndedIsRefused() throws IOException {
    nmi.cluster.putPod(with("web", pod.uid(), PodPhase.FAILED));
    // The end of the hold, and when the cluster may be asked again, at all and for that pod.
    askAndAwaitAlarms(3);
    nmi.timer.advance(TestNmi.HOLDS.untilPodIsKnown());

    assertThat(connection.read().header("X-Pod-Identity-Error")).isEqualTo("pod-not-found");
  }

  @Test
  void podThatIsExemptNoLongerIsRefusedTheNodesIdentity() throws IOException {
    Pod agent = nmi.pod("agent", "127.0.0.3", Map.of("app", "agent"));
    NamespacedName exemption = new NamespacedName("default", "e");
    nmi.cluster.putExemption(new PodExemption(exemption, Map.of("app", "agent")));
    // Its appid is of-nobody.
    nmi.tokens(
        query ->
            new AccessToken(
                "e30.eyJhcHBpZCI6Im9mLW5vYm9keSJ9.c2ln",
                TestNmi.NOW.plusSeconds(60),
                TestNmi.NOW,
                query.resource()));
    RawHttp fromAgent = nmi.from(agent.addresses().iterator().next().getHostAddress());
    assertThat(fromAgent.get(TOKEN, METADATA).read().status()).isEqualTo(200);

    nmi.cluster.deleteExemption(exemption);

    assertThat(fromAgent.get(TOKEN, METADATA).read().header("X-Pod-Identity-Error"))
        .isEqualTo("pod-not-bound");
  }

  private static Pod with(String name, String uid, PodPhase phase) {
    return new Pod(
        new NamespacedName("default", name),
        uid,
        "n1",
        Map.of("aadpodidbinding", "sel"),
        Set.of(TestNmi.inet(POD)),
        phase,
        false,
        false);
  }

  private Received ask() throws IOException {
    return connection.get(TOKEN, METADATA).read();
  }

  /** The cause of the refusal. */
  private String askUntilTheHoldEnds() throws IOException {
    // The ends of both holds.
    askAndAwaitAlarms(2);
    nmi.timer.advance(TestNmi.HOLDS.untilRecorded());
    return connection.read().header("X-Pod-Identity-Error");
  }

  private void askAndAwaitAlarms(int count) throws IOException {
    int others = nmi.timer.pending();
    connection.get(TOKEN, METADATA);
    Eventually.isTrue("it waits", () -> nmi.timer.pending() == others + count);
  }
}
