package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A machine that may not be read or changed rests, longer each time, and keeps no other waiting.
 */
final class RefusedTargetTest {
  private static final Duration LONGEST_REST = seconds(150);

  private final ReconciledCluster cluster = new ReconciledCluster();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({"403, AuthorizationFailed", "403, RequestDisallowedByPolicy", "400, BadRequest"})
  void aMachineThatMayNotBeReadRests(int status, String code) {
    refuse("GET", status, code);
    cluster.pod("web", MACHINE);
    cluster.pod("api", SCALE_SET);
    cluster.start();

    for (int i = 0; i < 50; i++) {
      cluster.change();
    }

    assertThat(cluster.calls("GET", MACHINE)).isEqualTo(1);
    assertThat(cluster.failures()).hasSize(1);
    assertThat(cluster.assigned()).isEqualTo(1);
    // 1, 2, 4 … s, and up to a fifth more.
    cluster.advance(seconds(64));
    assertThat(cluster.calls("GET", MACHINE)).isBetween(6, 7);
  }

  /** Nothing else may ever happen in the cluster. */
  @Test
  void whatMayBeReadAtLastIsAssignedThoughNothingElseChanges() {
    refuse("GET", 403, "AuthorizationFailed");
    cluster.pod("web", MACHINE);
    cluster.start();
    cluster.advance(Duration.ofMinutes(10));
    permit();

    cluster.advance(LONGEST_REST);

    assertThat(cluster.assigned()).isEqualTo(1);
  }

  @Test
  void aServicePrincipalNeedsNoMachineAndDoesNotWaitForIt() {
    refuse("GET", 403, "AuthorizationFailed");
    cluster.pod("web", MACHINE);
    cluster.start();
    cluster.advance(Duration.ofMinutes(10));

    cluster.servicePrincipal("api", MACHINE);
    cluster.advance(seconds(1));

    assertThat(cluster.assigned()).isEqualTo(1);
  }

  @Test
  void aMachineThatMayNotBeChangedIsNoFaultOfItsIdentities() {
    refuse("PATCH", 403, "AuthorizationFailed");
    bind(50);
    cluster.start();

    assertThat(cluster.calls("PATCH", MACHINE)).isEqualTo(1);
    cluster.advance(seconds(64));
    assertThat(cluster.calls("PATCH", MACHINE)).isBetween(6, 7);
    permit();
    cluster.advance(LONGEST_REST);
    assertThat(cluster.assigned()).isEqualTo(50);
  }

  /** Nobody knows what an unknown error is about: halves are tried, and not without an end. */
  @Test
  void whatIsRefusedWithoutANameIsNotTriedInHalvesWithoutEnd() {
    refuse("PATCH", 403, "SomethingNew");
    bind(50);
    cluster.start();

    assertThat(cluster.calls("PATCH", MACHINE)).isLessThanOrEqualTo(16);
    cluster.advance(seconds(60));
    assertThat(cluster.calls("PATCH", MACHINE)).isLessThanOrEqualTo(7 * 16);
    permit();
    cluster.advance(Duration.ofMinutes(13));
    assertThat(cluster.assigned()).isEqualTo(50);
  }

  /** A change that is made, and does not show: it is not asked for again at each event. */
  @Test
  void whatDoesNotShowYetIsWaitedFor() {
    cluster
        .azure()
        .simulated()
        .arm()
        .faults()
        .always(Fault.reply(Reply.json(200, Map.of("properties", Map.of()))).on("PATCH", "/vm-0"));
    cluster.pod("web", MACHINE);
    cluster.start();

    for (int i = 0; i < 50; i++) {
      cluster.change();
    }

    assertThat(cluster.calls("PATCH", MACHINE)).isEqualTo(1);
    cluster.advance(seconds(64));
    assertThat(cluster.calls("PATCH", MACHINE)).isBetween(6, 7);
    permit();
    cluster.advance(LONGEST_REST);
    assertThat(cluster.assigned()).isEqualTo(1);
  }

  private void bind(int pods) {
    for (int i = 0; i < pods; i++) {
      cluster.pod("web-" + i, MACHINE);
    }
  }

  private void refuse(String method, int status, String code) {
    cluster
        .azure()
        .simulated()
        .arm()
        .faults()
        .always(
            Fault.reply(
                    Reply.json(
                        status, Map.of("error", Map.of("code", code, "message", "not allowed"))))
                .on(method, "/vm-0"));
  }

  private void permit() {
    cluster.azure().simulated().arm().faults().clear();
  }
}
