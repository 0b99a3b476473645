package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.identityId;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static io.podidentity.azure.arm.SimulatedCluster.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.azure.Failures;
import io.podidentity.testkit.azure.ArmError;
import io.podidentity.testkit.azure.WriteBehaviour;
import io.podidentity.testkit.azure.WriteBehaviour.Mode;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes that take time. The clock moves only when the adapter waits. */
final class ArmOperationsTest {
  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ComputeIdentities adapter = cluster.adapter();

  @BeforeEach
  void createIdentities() {
    cluster.create("A");
    cluster.create("B");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  static Stream<Arguments> ways() {
    return Stream.of(
        argumentSet("200, Azure-AsyncOperation", Mode.ASYNC_OPERATION, 200),
        argumentSet("201, Azure-AsyncOperation", Mode.ASYNC_OPERATION, 201),
        argumentSet("202, Azure-AsyncOperation", Mode.ASYNC_OPERATION, 202),
        argumentSet("201, Location", Mode.LOCATION, 201),
        argumentSet("202, Location", Mode.LOCATION, 202));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void waitsForTheEndInEveryWayThatAzureKnows(Mode mode, int status) {
    writes(new WriteBehaviour(mode, status, seconds(12), null));

    adapter.update(SCALE_SET, ids("A"), Set.of());

    assertThat(cluster.names(SCALE_SET)).containsExactly("a");
    // Azure does not say, so it is the interval of v1.
    assertThat(cluster.timer().waits()).containsExactly(seconds(5), seconds(5), seconds(5));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void waitsAsLongAsAzureAsksBetweenTwoLooks(Mode mode, int status) {
    writes(new WriteBehaviour(mode, status, seconds(60), seconds(31)));

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.timer().waits()).containsExactly(seconds(31), seconds(31));
  }

  /** 200 and 201 without a URL: the state of the resource in the body is what is to be watched. */
  @ParameterizedTest
  @CsvSource({"200", "201"})
  void watchesTheResourceWhereAzureNamesNoUrl(int status) {
    answerPatchesWithoutUrl(status, "{\"properties\":{\"provisioningState\":\"Updating\"}}");
    onLooksAtTheMachine("Updating", 2);

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.timer().waits()).containsExactly(seconds(5), seconds(5), seconds(5));
  }

  @Test
  void aResourceThatEndsAsFailedIsAFailure() {
    answerPatchesWithoutUrl(200, "{\"properties\":{\"provisioningState\":\"Updating\"}}");
    onLooksAtTheMachine("Failed", 1);

    assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
  }

  @Test
  void aResourceThatIsDeletedMeanwhileIsNotFound() {
    answerPatchesWithoutUrl(202, "");
    onLooks(Fault.reply(Reply.json(404, Map.of("error", Map.of("code", "ResourceNotFound")))), 1);

    assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_NOT_FOUND);
  }

  @Test
  void a200WithAFinishedResourceNeedsNoSecondLook() {
    answerPatchesWithoutUrl(200, "{\"properties\":{\"provisioningState\":\"Succeeded\"}}");

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.timer().waits()).isEmpty();
  }

  @Test
  void a202WithoutUrlIsNoEnd() {
    answerPatchesWithoutUrl(202, "");

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.timer().waits()).hasSize(1);
    // The last since the answer was not true: what was to be attached does not show.
    assertThat(cluster.arm("GET")).hasSize(3);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        argumentSet("a bad identity", 400, "FailedIdentityOperation", ErrorReason.TARGET_REJECTED),
        argumentSet("no right", 403, "LinkedAuthorizationFailed", ErrorReason.TARGET_REJECTED),
        argumentSet("a quota", 409, "QuotaExceeded", ErrorReason.TARGET_REJECTED),
        argumentSet("preempted", 409, "OperationPreempted", ErrorReason.TARGET_UNAVAILABLE),
        argumentSet("their fault", 500, "InternalExecutionError", ErrorReason.TARGET_UNAVAILABLE));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aChangeThatFailsLaterSaysWhy(int status, String code, ErrorReason reason) {
    for (Mode mode : List.of(Mode.ASYNC_OPERATION, Mode.LOCATION)) {
      writes(new WriteBehaviour(mode, 202, seconds(3), null));
      cluster
          .simulated()
          .arm()
          .failNextWrites(
              MACHINE.id().value(), 1, ArmError.of(status, code, "their words about 'ids'"));

      PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

      assertThat(error.reason()).as(mode.name()).isEqualTo(reason);
      assertThat(error).hasMessageContaining(code).hasMessageContaining(MACHINE.id().value());
      if (reason == ErrorReason.TARGET_REJECTED) {
        assertThat(error).hasMessageEndingWith("; Azure says: their words about 'ids'");
      } else {
        assertThat(Failures.everything(error)).doesNotContain("their words");
      }
    }
    assertThat(cluster.names(MACHINE)).isEmpty();
  }

  @Test
  void aChangeThatFailsLaterBlamesTheIdentityThatItsTextNames() {
    for (Mode mode : List.of(Mode.ASYNC_OPERATION, Mode.LOCATION)) {
      writes(new WriteBehaviour(mode, 202, seconds(3), null));
      String bad = SimulatedCluster.identityId("B").value();
      cluster
          .simulated()
          .arm()
          .failNextWrites(
              MACHINE.id().value(),
              1,
              ArmError.of(400, "FailedIdentityOperation", "Resource '" + bad + "' was not found."));

      PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A", "B"), Set.of()));

      assertThat(error.blamed())
          .as(mode.name())
          .containsExactly(SimulatedCluster.identityId("B").lowerCase());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Canceled, FailedIdentityOperation, TARGET_UNAVAILABLE",
    "Failed, , TARGET_UNAVAILABLE",
    "failed, FailedIdentityOperation, TARGET_REJECTED"
  })
  void aChangeThatWasCancelledIsNotKnownToBeWrong(
      String status, @Nullable String code, ErrorReason reason) {
    writes(WriteBehaviour.asyncOperation(seconds(3)));
    Map<String, Object> body =
        code == null
            ? Map.of("status", status)
            : Map.of("status", status, "error", Map.of("code", code));
    onPolls(Fault.reply(Reply.json(200, body)), 1);

    assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())).reason())
        .isEqualTo(reason);
  }

  /** A look that fails says nothing about the change. */
  @ParameterizedTest
  @CsvSource({"429", "500", "503", "408"})
  void aBusyServerDoesNotEndTheWait(int status) {
    for (Mode mode : List.of(Mode.ASYNC_OPERATION, Mode.LOCATION)) {
      writes(new WriteBehaviour(mode, 202, seconds(3), null));
      onPolls(Fault.reply(Reply.empty(status).retryAfter(seconds(40))), 1);

      adapter.update(mode == Mode.LOCATION ? MACHINE : SCALE_SET, ids("A"), Set.of());
    }
    assertThat(cluster.names(MACHINE)).containsExactly("a");
    assertThat(cluster.names(SCALE_SET)).containsExactly("a");
    assertThat(cluster.timer().waits()).contains(seconds(40));
  }

  @Test
  void aLookWithoutAnswerDoesNotEndTheWait() {
    writes(WriteBehaviour.asyncOperation(seconds(3)).withRetryAfter(null));
    onPolls(Fault.of(Fault.Kind.HANG_UP), 4);

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void anAnswerThatIsNotUnderstoodDoesNotEndTheWait() {
    writes(WriteBehaviour.asyncOperation(seconds(3)).withRetryAfter(null));
    onPolls(Fault.of(Fault.Kind.GARBAGE), 2);

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aChangeThatDoesNotEndIsGivenUpAtItsLimit(Mode mode, int status) {
    writes(new WriteBehaviour(mode, status, Duration.ofDays(1), null));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("has not finished within 900 s");
    assertThat(total(cluster.timer().waits())).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void aClockThatIsSetBackMakesNoChangeLastLonger() {
    writes(WriteBehaviour.asyncOperation(Duration.ofDays(2)).withRetryAfter(null));
    cluster.timer().setsBackOnce(Duration.ofDays(1));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(error).hasMessageContaining("has not finished within 900 s");
    assertThat(total(cluster.timer().waits())).isLessThanOrEqualTo(Duration.ofMinutes(15));
  }

  /** Whoever finds it there would ask for nothing, and it goes when the change ends. */
  @Test
  void aLookDoesNotShowWhatAChangeThatWasLostSightOfTakesAway() {
    for (String name : List.of("A", "B")) {
      cluster
          .azure()
          .attach(
              MACHINE.id().value(),
              cluster.azure().identity(identityId(name).value()).orElseThrow());
    }
    writes(WriteBehaviour.asyncOperation(Duration.ofMinutes(20)));
    failure(() -> adapter.update(MACHINE, Set.of(), ids("A")));
    assertThat(cluster.names(MACHINE)).containsExactly("a", "b");

    assertThat(adapter.read(MACHINE).clientIds()).containsOnlyKeys(identityId("B"));

    // At rest again, it is what it shows, and stays so when another changes the machine.
    cluster.clock().advance(Duration.ofMinutes(20));
    cluster
        .azure()
        .attach(
            MACHINE.id().value(), cluster.azure().identity(identityId("A").value()).orElseThrow());
    assertThat(adapter.read(MACHINE).clientIds())
        .containsOnlyKeys(identityId("A"), identityId("B"));
    cluster
        .azure()
        .change(MACHINE.id().value(), compute -> compute.withProvisioningState("Updating"));
    assertThat(adapter.read(MACHINE).clientIds())
        .containsOnlyKeys(identityId("A"), identityId("B"));
  }

  /** The identity is still shown, and goes when the change ends. */
  @Test
  void whatAChangeThatWasLostSightOfTakesAwayDoesNotCountAsThere() {
    cluster
        .azure()
        .attach(
            MACHINE.id().value(), cluster.azure().identity(identityId("A").value()).orElseThrow());
    writes(WriteBehaviour.asyncOperation(Duration.ofMinutes(20)));
    failure(() -> adapter.update(MACHINE, Set.of(), ids("A")));
    assertThat(cluster.names(MACHINE)).containsExactly("a");

    assertThat(failure(() -> adapter.update(MACHINE, ids("A"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_UNAVAILABLE);

    cluster.clock().advance(Duration.ofMinutes(20));
    writes(WriteBehaviour.synchronous(Duration.ZERO));
    adapter.update(MACHINE, ids("A"), Set.of());
    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void aChangeWithoutAnswerMayGoOnAndGetsNoSecondBesideIt() {
    writes(WriteBehaviour.asyncOperation(Duration.ofMinutes(20)));
    onPatches(Fault.of(Fault.Kind.HANG_UP_AFTERWARDS));
    failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("B"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("an earlier change of ours is still going on");
    assertThat(cluster.arm("PATCH")).hasSize(1);

    cluster.clock().advance(Duration.ofMinutes(20));
    writes(WriteBehaviour.synchronous(Duration.ZERO));
    adapter.update(MACHINE, ids("B"), Set.of());
    assertThat(cluster.names(MACHINE)).containsExactly("a", "b");
  }

  @Test
  void aChangeThatWasRefusedDoesNotGoOn() {
    onPatches(Fault.reply(Reply.json(409, Map.of("error", Map.of("code", "Conflict")))));
    failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));
    // That of somebody else.
    cluster
        .azure()
        .change(MACHINE.id().value(), compute -> compute.withProvisioningState("Updating"));

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.names(MACHINE)).containsExactly("a");
  }

  @Test
  void aWaitThatAzureAsksForDoesNotGoBeyondTheLimit() {
    writes(WriteBehaviour.asyncOperation(Duration.ofDays(1)).withRetryAfter(Duration.ofHours(3)));

    failure(() -> adapter.update(MACHINE, ids("A"), Set.of()));

    assertThat(cluster.timer().waits()).containsExactly(Duration.ofMinutes(15));
  }

  @Test
  void aRetryAfterOfZeroIsNoInvitationToAskWithoutPause() {
    writes(WriteBehaviour.asyncOperation(seconds(9)).withRetryAfter(Duration.ZERO));

    adapter.update(MACHINE, ids("A"), Set.of());

    assertThat(cluster.timer().waits()).containsExactly(seconds(5), seconds(5));
  }

  @Test
  void intervalAndLimitAreSettings() {
    writes(new WriteBehaviour(Mode.ASYNC_OPERATION, 200, Duration.ofDays(1), null));
    ComputeIdentities quick =
        cluster.adapter(
            cluster.config(), new ArmOptions(Duration.ofMinutes(1), seconds(10), seconds(4)));

    failure(() -> quick.update(MACHINE, ids("A"), Set.of()));

    assertThat(cluster.timer().waits()).containsExactly(seconds(4), seconds(4), seconds(2));
  }

  @ParameterizedTest
  @CsvSource({"403, AuthorizationFailed", "401, InvalidAuthenticationToken", "404, NotFound"})
  void aChangeThatMayNotBeWatchedIsSaidSo(int status, String code) {
    for (Mode mode : List.of(Mode.ASYNC_OPERATION, Mode.LOCATION)) {
      writes(new WriteBehaviour(mode, 202, seconds(3), null));
      onPolls(Fault.reply(Reply.json(status, Map.of("error", Map.of("code", code)))), 1);

      PodIdentityException error =
          failure(
              () ->
                  adapter.update(mode == Mode.LOCATION ? MACHINE : SCALE_SET, ids("A"), Set.of()));

      assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
      assertThat(error).hasMessageContaining(code).hasMessageContaining("scope of the resource");
    }
  }

  /** Whoever answers for Resource Manager does not learn the token of another place. */
  @ParameterizedTest
  @CsvSource({"Azure-AsyncOperation", "Location"})
  void aUrlOfAnotherHostIsNotAsked(String header) {
    try (SimulatedCluster elsewhere = new SimulatedCluster()) {
      cluster
          .simulated()
          .arm()
          .faults()
          .next(
              Fault.reply(
                      Reply.empty(202)
                          .with(header, elsewhere.simulated().armUri() + "/subscriptions/x"))
                  .on("PATCH", "/vm-0"));

      adapter.update(MACHINE, ids("A"), Set.of());

      assertThat(elsewhere.simulated().arm().requests().all()).isEmpty();
      // It looks at the resource instead.
      assertThat(cluster.arm("GET")).hasSize(3);
    }
  }

  @Test
  void anOperationBesideThatOfAnotherWaitsForItsTurn() {
    cluster
        .simulated()
        .arm()
        .writes(MACHINE.id().value(), WriteBehaviour.asyncOperation(Duration.ofDays(1)));
    ComputeIdentities other =
        cluster.adapter(
            cluster.config(), new ArmOptions(Duration.ofMinutes(1), seconds(1), seconds(1)));
    failure(() -> other.update(MACHINE, ids("A"), Set.of()));

    PodIdentityException error = failure(() -> adapter.update(MACHINE, ids("B"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("409 (Conflict)");
  }

  private void writes(WriteBehaviour behaviour) {
    cluster.simulated().arm().writes(behaviour);
  }

  private void onPolls(Fault fault, int times) {
    cluster.simulated().arm().faults().next(times, fault.on("GET", "/operations/"));
  }

  private void onPatches(Fault fault) {
    cluster.simulated().arm().faults().next(fault.on("PATCH", "/vm-0"));
  }

  private void answerPatchesWithoutUrl(int status, String body) {
    onPatches(Fault.reply(new Reply(status, Map.of("Content-Type", "application/json"), body)));
  }

  private void onLooksAtTheMachine(String state, int times) {
    Map<String, Object> properties = Map.of("provisioningState", state);
    onLooks(
        Fault.reply(Reply.json(200, Map.of("location", "westus", "properties", properties))),
        times);
  }

  /** Only those after the PATCH. */
  private void onLooks(Fault fault, int times) {
    cluster
        .simulated()
        .arm()
        .faults()
        .next(times, fault.on("GET", "/vm-0").on(request -> !cluster.arm("PATCH").isEmpty()));
  }

  private static Duration total(List<Duration> waits) {
    return waits.stream().reduce(Duration.ZERO, Duration::plus);
  }
}
