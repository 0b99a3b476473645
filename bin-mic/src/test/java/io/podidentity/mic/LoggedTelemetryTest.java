package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class LoggedTelemetryTest {
  private static final ComputeTarget TARGET = ComputeTarget.virtualMachine("s", "g", "vm");

  private final MutableClock clock = MutableClock.startingAt(Instant.EPOCH);
  private final LoggedTelemetry telemetry = new LoggedTelemetry(Telemetry.NOOP, clock);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("mic");

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
  }

  // A target that fails is retried every two minutes.
  @Test
  void retriesThatFailAlikeAreOneLineAnHour() {
    for (int minute = 0; minute < 120; minute += 2) {
      telemetry.targetFailed(TARGET, failure(ErrorReason.TARGET_UNAVAILABLE));
      telemetry.assignmentFailed(assignment("a"), failure(ErrorReason.TARGET_UNAVAILABLE));
      clock.advance(Duration.ofMinutes(2));
    }

    assertThat(lines()).hasSize(4);
    assertThat(lines().get(0)).startsWith("target not changed target=").contains("reason=");
    assertThat(lines().get(1)).startsWith("identity not assigned pod=default/a ");
  }

  @Test
  void eachPodAndEachOtherReasonIsALine() {
    telemetry.assignmentFailed(assignment("a"), failure(ErrorReason.TARGET_UNAVAILABLE));
    telemetry.assignmentFailed(assignment("b"), failure(ErrorReason.TARGET_UNAVAILABLE));
    telemetry.assignmentFailed(assignment("a"), failure(ErrorReason.TARGET_REJECTED));

    assertThat(lines()).hasSize(3);
  }

  @Test
  void whatFailsAgainAfterASuccessIsALine() {
    telemetry.assignmentFailed(assignment("a"), failure(ErrorReason.TARGET_UNAVAILABLE));
    telemetry.assigned(assignment("a"));
    telemetry.assignmentFailed(assignment("a"), failure(ErrorReason.TARGET_UNAVAILABLE));

    assertThat(lines()).hasSize(3);
  }

  /** The next leader does it: no line, no event, no failure in the metrics. */
  @Test
  void whatIsLeftToTheNextLeaderIsNoFailure() {
    List<String> passedOn = new ArrayList<>();
    LoggedTelemetry last = new LoggedTelemetry(noting(passedOn), clock);
    PodIdentityException over = failure(ErrorReason.SHUTTING_DOWN);

    last.assignmentFailed(assignment("a"), over);
    last.unassignmentFailed(new InMemoryCluster().create(assignment("a")), over);
    last.targetFailed(TARGET, over);

    assertThat(lines()).isEmpty();
    assertThat(passedOn).isEmpty();
  }

  private static Telemetry noting(List<String> calls) {
    return (Telemetry)
        Proxy.newProxyInstance(
            Telemetry.class.getClassLoader(),
            new Class<?>[] {Telemetry.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              return null;
            });
  }

  // docs/troubleshooting of v1 tells users to look for the first one.
  @Test
  void anObjectThatIsLeftAsideIsNamedWithItsKind() {
    NamespacedName name = new NamespacedName("default", "x");
    telemetry.objectIgnored(new ObjectReference("AzureIdentity", name), "Invalid resource id: y");
    telemetry.objectIgnored(new ObjectReference("AzureIdentityBinding", name), "no");

    assertThat(lines())
        .containsExactly(
            "Ignoring azure identity default/x, error: Invalid resource id: y",
            "Ignoring azure identity binding default/x, error: no");
  }

  private List<String> lines() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static PodIdentityException failure(ErrorReason reason) {
    return new PodIdentityException(reason, "it did not work");
  }

  private static DesiredAssignment assignment(String pod) {
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "id"),
            "uid",
            1,
            false,
            new Credential.ManagedIdentity(
                ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "userAssignedIdentities", "i"),
                new ClientId("client-of-id")));
    return new DesiredAssignment(
        new NamespacedName("default", pod + "-default-id"),
        new Pod(
            new NamespacedName("default", pod),
            "uid-" + pod,
            "n1",
            Map.of(IdentityBinding.POD_LABEL, "id"),
            Set.of(),
            PodPhase.RUNNING,
            false,
            false),
        "n1",
        new IdentityBinding(new NamespacedName("default", "b"), "id", "id"),
        identity);
  }
}
