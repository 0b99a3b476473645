package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.SUBSCRIPTION;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static io.podidentity.azure.arm.SimulatedCluster.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.azure.Failures;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Resource Manager's answers mean, and that each request is made once. */
final class ArmStatusTest {
  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ComputeIdentities adapter = cluster.adapter();

  @BeforeEach
  void createIdentities() {
    cluster.create("A");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /**
   * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors.
   */
  @ParameterizedTest
  @CsvSource({
    "400, FailedIdentityOperation, TARGET_REJECTED",
    "400, InvalidParameter, TARGET_REJECTED",
    "401, InvalidAuthenticationToken, TARGET_UNAVAILABLE",
    "403, AuthorizationFailed, TARGET_REJECTED",
    "403, LinkedAuthorizationFailed, TARGET_REJECTED",
    "404, ResourceNotFound, TARGET_NOT_FOUND",
    "404, ResourceGroupNotFound, TARGET_NOT_FOUND",
    "404, SubscriptionNotFound, TARGET_UNAVAILABLE",
    "404, , TARGET_UNAVAILABLE",
    "405, , TARGET_REJECTED",
    "408, , TARGET_UNAVAILABLE",
    "409, Conflict, TARGET_UNAVAILABLE",
    "409, OperationNotAllowed, TARGET_UNAVAILABLE",
    "412, PreconditionFailed, TARGET_UNAVAILABLE",
    "429, TooManyRequests, TARGET_UNAVAILABLE",
    "500, InternalServerError, TARGET_UNAVAILABLE",
    "503, ServiceUnavailable, TARGET_UNAVAILABLE",
    "302, , TARGET_UNAVAILABLE"
  })
  void theStatusDecidesWhatTheFailureIs(int status, @Nullable String code, ErrorReason reason) {
    Reply reply =
        code == null
            ? Reply.text(status, "their words")
            : Reply.json(status, Map.of("error", Map.of("code", code, "message", "their words")));
    for (String method : new String[] {"GET", "PATCH"}) {
      cluster.simulated().arm().requests().clear();
      cluster.simulated().arm().faults().next(Fault.reply(reply).on(method, "/vm-0"));

      PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

      assertThat(error.reason()).as(method).isEqualTo(reason);
      assertThat(error)
          .hasMessageContaining("answered " + status + (code == null ? "" : " (" + code + ")"))
          .hasMessageContaining(MACHINE.id().value());
      assertSaysTheirWords(error, reason == ErrorReason.TARGET_REJECTED && code != null);
      // Nothing repeats a request behind the reconciler's back, least of all a PATCH.
      assertThat(cluster.arm(method)).hasSize(1);
    }
    assertThat(cluster.timer().waits()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"429, 17, 17", "429, 'Thu, 01 Jan 2026 00:01:30 GMT', 90", "503, 3, 3", "409, 5, 5"})
  void passesOnHowLongToWait(int status, String header, long seconds) {
    for (String method : new String[] {"GET", "PATCH"}) {
      cluster
          .simulated()
          .arm()
          .faults()
          .next(Fault.reply(Reply.empty(status).with("Retry-After", header)).on(method, "/vm-0"));

      assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())).retryAfter())
          .hasValue(seconds(seconds));
    }
  }

  @Test
  void aTargetThatDoesNotExistIsNotFound() {
    for (ComputeTarget gone :
        new ComputeTarget[] {
          ComputeTarget.virtualMachine(SUBSCRIPTION, "g", "gone"),
          ComputeTarget.scaleSet(SUBSCRIPTION, "g", "gone")
        }) {
      assertThat(failure(() -> adapter.update(gone, ids("A"), Set.of())).reason())
          .isEqualTo(ErrorReason.TARGET_NOT_FOUND);
    }
  }

  @Test
  void anIdentityThatDoesNotExistIsRejectedWithItsNameAndAdvice() {
    PodIdentityException error = failure(() -> adapter.update(SCALE_SET, ids("missing"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_REJECTED);
    assertThat(error)
        .hasMessageContaining("FailedIdentityOperation")
        .hasMessageContaining("userassignedidentities/missing")
        .hasMessageContaining("check that the identities exist");
  }

  @Test
  void anIdentityThatMayNotBeAssignedIsRejectedWithTheRoleToGive() {
    cluster.azure().denyAssign(SimulatedCluster.identityId("A").value());

    PodIdentityException error = failure(() -> adapter.update(SCALE_SET, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_REJECTED);
    assertThat(error)
        .hasMessageContaining("LinkedAuthorizationFailed")
        .hasMessageContaining("Managed Identity Operator")
        .hasMessageContaining("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action")
        .hasMessageContaining("with object id '" + cluster.own().principalId() + "'");
    assertThat(Failures.everything(error)).doesNotContain(cluster.own().clientId());
  }

  /** Of a refusal a person needs to know more; what heals by itself needs no words. */
  private static void assertSaysTheirWords(PodIdentityException error, boolean says) {
    if (says) {
      assertThat(error).hasMessageEndingWith("; Azure says: their words");
    } else {
      assertThat(Failures.everything(error)).doesNotContain("their words");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HANG_UP", "HANG_UP_AFTERWARDS", "TRUNCATED", "GARBAGE"})
  void anAnswerThatIsNoneIsUnavailable(Fault.Kind kind) {
    cluster.simulated().arm().faults().next(10, Fault.of(kind).on("GET", "/vm-0"));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(Failures.everything(error)).doesNotContain("provisioningState");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HANG_UP", "HANG_UP_AFTERWARDS"})
  void aPatchWithoutAnswerIsNotRepeated(Fault.Kind kind) {
    cluster.simulated().arm().faults().next(10, Fault.of(kind).on("PATCH", "/vm-0"));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(cluster.arm("PATCH")).hasSize(1);
  }

  @Test
  void aCallIsGivenUpAtItsLimit() {
    ComputeIdentities impatient =
        cluster.adapter(
            cluster.config(),
            new ArmOptions(Duration.ofMillis(300), Duration.ofMinutes(15), seconds(5)));
    // The token first, which takes its time on a cold JVM.
    impatient.update(SCALE_SET, Set.of(), ids("A"));
    cluster.simulated().arm().faults().next(Fault.slow(Duration.ofSeconds(30)).on("GET", "/vm-0"));

    assertThat(failure(() -> impatient.update(MACHINE, ids("A"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    String uri = cluster.simulated().armUri().toString();
    cluster.simulated().arm().close();

    assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())))
        .hasMessageContaining(uri)
        .hasMessageContaining("the connection failed");
  }

  @Test
  void anInterruptedThreadGivesUp() {
    Thread.currentThread().interrupt();

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN);
  }
}
