package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.SUBSCRIPTION;
import static io.podidentity.azure.arm.SimulatedCluster.failure;
import static io.podidentity.azure.arm.SimulatedCluster.identityId;
import static io.podidentity.azure.arm.SimulatedCluster.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.testkit.azure.SystemAssignedIdentity;
import io.podidentity.testkit.http.Hold;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Requests;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of identities on machines and scale sets. */
final class ArmComputeIdentitiesTest {
  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ComputeIdentities adapter = cluster.adapter();
  private final SystemAssignedIdentity system = SystemAssignedIdentity.create();

  static Stream<ComputeTarget> targets() {
    return Stream.of(MACHINE, SCALE_SET);
  }

  @BeforeEach
  void createIdentities() {
    for (String name : List.of("A", "B", "C")) {
      cluster.create(name);
    }
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void attachesToATargetWithoutIdentity(ComputeTarget target) {
    adapter.update(target, ids("A", "B"), Set.of());

    assertThat(cluster.names(target)).containsExactly("a", "b");
    assertThat(cluster.identities(target).type()).isEqualTo("UserAssigned");
    assertThat(cluster.arm("GET")).hasSize(1);
    assertThat(cluster.arm("PATCH")).hasSize(1);
  }

  @Test
  void everyReadAndEveryChangeIsReported() {
    adapter.update(SCALE_SET, ids("A"), Set.of());
    adapter.update(SCALE_SET, ids("A"), Set.of());
    assertThat(cluster.reports())
        .containsExactly("READ vmss-0 PT0S", "CHANGE vmss-0 PT0S", "READ vmss-0 PT0S");
    cluster.reports().clear();

    ComputeTarget gone =
        ComputeTarget.virtualMachine(SimulatedCluster.SUBSCRIPTION, SimulatedCluster.GROUP, "gone");
    failure(() -> adapter.update(gone, ids("A"), Set.of()));
    failure(() -> adapter.update(MACHINE, ids("no-such"), Set.of()));
    assertThat(cluster.reports())
        .containsExactly("READ gone failed", "READ vm-0 PT0S", "CHANGE vm-0 failed");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void asksForTheDifferenceOnlyAndInLowerCase(ComputeTarget target) {
    attachByOthers(target, "A");
    attachByOthers(target, "B");

    adapter.update(target, ids("A", "C"), ids("B"));

    RecordedRequest patch = cluster.arm("PATCH").get(0);
    assertThat(patch.body())
        .isEqualTo(
            "{\"identity\":{\"type\":\"UserAssigned\",\"userAssignedIdentities\":{\"%s\":{},\"%s\":null}}}"
                .formatted(identityId("c").lowerCase(), identityId("b").lowerCase()));
    assertThat(patch.path()).isEqualTo(target.id().value());
    assertThat(patch.query()).isEqualTo("api-version=2024-07-01");
    assertThat(patch.header("User-Agent")).hasValue("test-agent");
    assertThat(patch.header("Content-Type")).hasValue("application/json");
    assertThat(patch.header("Content-Length")).hasValue("" + patch.body().length());
  }

  @ParameterizedTest
  @MethodSource("targets")
  void leavesOtherIdentitiesAlone(ComputeTarget target) {
    attachByOthers(target, "B");

    adapter.update(target, ids("A"), Set.of());
    adapter.update(target, Set.of(), ids("A"));

    assertThat(cluster.names(target)).containsExactly("b");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void keepsTheSystemAssignedIdentity(ComputeTarget target) {
    switchSystemAssignedOn(target);

    adapter.update(target, ids("A"), Set.of());
    assertThat(cluster.identities(target).system()).isEqualTo(system);
    assertThat(cluster.names(target)).containsExactly("a");

    adapter.update(target, Set.of(), ids("A"));
    assertThat(cluster.identities(target).system()).isEqualTo(system);
    assertThat(cluster.identities(target).type()).isEqualTo("SystemAssigned");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void theLastIdentityLeavesNone(ComputeTarget target) {
    attachByOthers(target, "A");

    adapter.update(target, Set.of(), ids("A"));

    assertThat(cluster.identities(target).type()).isEqualTo("None");
    assertThat(cluster.arm("PATCH").get(0).body()).isEqualTo("{\"identity\":{\"type\":\"None\"}}");
  }

  /** AAD Pod Identity v1 PATCHes {@code None} here, and the machine loses its own identity. */
  @ParameterizedTest
  @MethodSource("targets")
  void removingWhatIsGoneDoesNotTouchASystemAssignedIdentity(ComputeTarget target) {
    switchSystemAssignedOn(target);

    adapter.update(target, Set.of(), ids("A"));

    assertThat(cluster.arm("PATCH")).isEmpty();
    assertThat(cluster.identities(target).system()).isEqualTo(system);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void asksForNothingWhereNothingChanges(ComputeTarget target) {
    // As Azure shows what somebody else has attached: in another spelling.
    cluster.azure().attach(target.id().value(), cluster.create("SHOUTED"));

    adapter.update(target, ids("shouted"), ids("B"));

    assertThat(cluster.arm("GET")).hasSize(1);
    assertThat(cluster.arm("PATCH")).isEmpty();
  }

  @Test
  void manyChangesGoInChunks() {
    Set<ResourceId> many = many(310);

    adapter.update(SCALE_SET, many, Set.of());

    assertThat(cluster.names(SCALE_SET)).hasSize(310);
    assertThat(cluster.arm("PATCH")).extracting(this::changes).containsExactly(150, 150, 10);

    adapter.update(SCALE_SET, Set.of(), many);

    assertThat(cluster.identities(SCALE_SET).type()).isEqualTo("None");
    assertThat(cluster.arm("PATCH")).hasSize(6);
  }

  @Test
  void aFullChunkIsNotFollowedByAnEmptyOne() {
    adapter.update(SCALE_SET, many(150), Set.of());

    assertThat(cluster.arm("PATCH")).hasSize(1);
    assertThat(cluster.names(SCALE_SET)).hasSize(150);
  }

  /** The type in a PATCH is not merged, so what was read must still hold. */
  @Test
  void aChangeOfSomebodyElseInBetweenIsNotUndone() {
    try (Hold hold = holdPatches()) {
      CompletableFuture<PodIdentityException> update =
          CompletableFuture.supplyAsync(
              () -> failure(() -> adapter.update(MACHINE, ids("A"), Set.of())));
      hold.awaitArrivals(1, Duration.ofSeconds(20));
      switchSystemAssignedOn(MACHINE);
      hold.release();

      PodIdentityException error = update.join();
      assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
      assertThat(error).hasMessageContaining("412");
    }
    assertThat(cluster.identities(MACHINE).system()).isEqualTo(system);

    adapter.update(MACHINE, ids("A"), Set.of());
    assertThat(cluster.identities(MACHINE).type()).isEqualTo("SystemAssigned, UserAssigned");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void aTargetThatIsBeingDeletedIsLeftAlone(ComputeTarget target) {
    cluster
        .azure()
        .change(target.id().value(), compute -> compute.withProvisioningState("Deleting"));

    PodIdentityException error = failure(() -> adapter.update(target, ids("A"), Set.of()));

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("it is being deleted");
    assertThat(cluster.arm("PATCH")).isEmpty();
  }

  @Test
  void targetsInOtherGroupsAreFoundByTheirIds() {
    ComputeTarget other = ComputeTarget.scaleSet(SUBSCRIPTION, "Other_Grün(1)", "vmss");
    cluster.azure().createCompute(other.id().value());

    adapter.update(other, ids("A"), Set.of());

    assertThat(cluster.names(other)).containsExactly("a");
  }

  @Test
  void targetsInSubscriptionsThatAreNotAllowedAreNeitherReadNorChanged() {
    ComputeTarget other = ComputeTarget.scaleSet("another-subscription", "group", "vmss");
    cluster.azure().createCompute(other.id().value());

    assertThat(failure(() -> adapter.read(other)).reason())
        .isEqualTo(ErrorReason.TARGET_NOT_PERMITTED);
    assertThat(failure(() -> adapter.update(other, ids("A"), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_NOT_PERMITTED);

    assertThat(cluster.simulated().arm().requests().all()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void showsWhatIsThereWithItsClientIds(ComputeTarget target) {
    attachByOthers(target, "B");
    String a = clientId("A");
    String b = clientId("B");

    assertThat(adapter.read(target).clientIds()).isEqualTo(Map.of(identityId("B"), b));
    assertThat(adapter.update(target, ids("A"), Set.of()).clientIds())
        .isEqualTo(Map.of(identityId("A"), a, identityId("B"), b));
    assertThat(adapter.update(target, Set.of(), ids("B")).clientIds())
        .isEqualTo(Map.of(identityId("A"), a));
  }

  @Test
  void anErrorNamesWhatItIsAbout() {
    cluster.azure().denyAssign(identityId("B").value());
    cluster.azure().removeIdentity(identityId("C").value());

    assertThat(failure(() -> adapter.update(MACHINE, ids("A", "B"), Set.of())).blamed())
        .containsExactly(identityId("B").lowerCase());
    assertThat(failure(() -> adapter.update(MACHINE, ids("A", "C"), Set.of())).blamed())
        .containsExactly(identityId("C").lowerCase());
  }

  private String clientId(String name) {
    return cluster.azure().identity(identityId(name).value()).orElseThrow().clientId();
  }

  private void attachByOthers(ComputeTarget target, String name) {
    cluster
        .azure()
        .attach(
            target.id().value(), cluster.azure().identity(identityId(name).value()).orElseThrow());
  }

  private void switchSystemAssignedOn(ComputeTarget target) {
    cluster
        .azure()
        .change(
            target.id().value(),
            compute -> compute.withIdentity(compute.identity().withSystem(system)));
  }

  private Hold holdPatches() {
    return cluster
        .simulated()
        .arm()
        .faults()
        .hold(Hold.Point.BEFORE_HANDLING, Requests.matching("PATCH", "/vm-0"));
  }

  private Set<ResourceId> many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "id%03d".formatted(i))
        .peek(cluster::create)
        .map(SimulatedCluster::identityId)
        .collect(Collectors.toSet());
  }

  private int changes(RecordedRequest patch) {
    return patch.body().split("/subscriptions/", -1).length - 1;
  }
}
