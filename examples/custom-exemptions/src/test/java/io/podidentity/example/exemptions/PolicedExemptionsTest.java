package io.podidentity.example.exemptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbedSettings;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.InMemoryTokens;
import io.podidentity.testkit.MutableClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker whose exemptions count in working hours, in one namespace. */
final class PolicedExemptionsTest {
  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T12:00:00Z"));
  private final InMemoryCluster cluster = new InMemoryCluster();
  private final List<String> audit = new ArrayList<>();
  private final WorkingHours policy =
      new WorkingHours(
          clock,
          LocalTime.of(9, 0),
          LocalTime.of(17, 0),
          namespace -> namespace.equals("ops") ? Map.of(WorkingHours.LABEL, "allowed") : Map.of());
  private final ExemptionDirectory exemptions =
      new PolicedExemptions(
          cluster, policy, (namespace, allowed) -> audit.add(namespace + " " + allowed));
  private final EmbeddedBroker broker =
      new EmbeddedBroker(
          cluster,
          OperationMode.managed(cluster),
          Exemptions.of(exemptions),
          new InMemoryTokens(clock),
          EmbedSettings.defaults().withClock(clock));

  @BeforeEach
  void exemptAPodInEachNamespace() {
    for (String namespace : List.of("ops", "shop")) {
      cluster.putExemption(
          new PodExemption(new NamespacedName(namespace, "agents"), Map.of("app", "agent")));
      cluster.putPod(
          new Pod(
              new NamespacedName(namespace, "agent"),
              "uid-" + namespace,
              "node",
              Map.of("app", "agent"),
              Set.of(address(namespace)),
              PodPhase.RUNNING,
              false,
              false));
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void exemptionCountsInWorkingHoursWhereTheNamespaceAllowsIt() {
    assertThat(ask("ops").right()).isEqualTo(TokenGrant.Right.EXEMPT);
    assertThat(audit).contains("ops true").doesNotContain("ops false");
  }

  @Test
  void exemptionDoesNotCountAtNight() {
    clock.advance(Duration.ofHours(5));

    assertThat(refusal("ops").reason()).isEqualTo(ErrorReason.POD_NOT_BOUND);
    assertThat(audit).contains("ops false").doesNotContain("ops true");
  }

  @Test
  void tokenThatIsKeptIsNotGivenOutWhenTheHoursHaveEnded() {
    ask("ops");
    clock.advance(Duration.ofHours(5));

    assertThat(refusal("ops").reason()).isEqualTo(ErrorReason.POD_NOT_BOUND);
  }

  @Test
  void exemptionDoesNotCountInANamespaceWithoutTheLabel() {
    assertThat(refusal("shop").reason()).isEqualTo(ErrorReason.POD_NOT_BOUND);
    assertThat(audit).contains("shop false").doesNotContain("shop true");
  }

  @Test
  void directoryThatCannotSayIsNoExemption() {
    ExemptionDirectory away =
        namespace -> {
          throw new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "not read yet");
        };
    ExemptionDirectory policed =
        new PolicedExemptions(away, namespace -> true, (namespace, allowed) -> {});

    assertThatThrownBy(() -> policed.inNamespace("ops")).isInstanceOf(PodIdentityException.class);
  }

  private TokenGrant ask(String namespace) {
    return broker.requestBlocking(
        new TokenRequest(
            new Caller.ByAddress(address(namespace)), IdentityChoice.ANY, "https://vault"));
  }

  private PodIdentityException refusal(String namespace) {
    return catchThrowableOfType(PodIdentityException.class, () -> ask(namespace));
  }

  private static InetAddress address(String namespace) {
    try {
      return InetAddress.getByName(namespace.equals("ops") ? "10.0.0.1" : "10.0.0.2");
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
