package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LivePodsTest {
  private static final Pod RUNNING = pod("default/running").build();

  @ParameterizedTest
  @EnumSource(names = {"PENDING", "RUNNING", "UNKNOWN"})
  void aPodThatHasNotEndedOwnsItsAddress(PodPhase phase) {
    Pod pod = pod("default/web").phase(phase).build();

    assertThat(owner(pod)).isEqualTo(pod);
  }

  @Test
  void aTerminatingPodIsServedUntilItIsGone() {
    Pod pod = pod("default/web").terminating().build();

    assertThat(owner(pod)).isEqualTo(pod);
  }

  @ParameterizedTest
  @EnumSource(names = {"SUCCEEDED", "FAILED"})
  void aPodThatHasEndedOwnsNothing(PodPhase phase) {
    Pod ended = pod("default/job").phase(phase).build();

    assertRefused(ErrorReason.POD_NOT_FOUND, ended);
    assertThat(owner(ended, RUNNING)).isEqualTo(RUNNING);
  }

  @Test
  void aHostNetworkPodOwnsNothing() {
    Pod host = pod("kube-system/proxy").hostNetwork().build();

    assertRefused(ErrorReason.POD_NOT_FOUND, host);
    assertThat(owner(host, RUNNING)).isEqualTo(RUNNING);
  }

  @Test
  void whileAnAddressChangesHandsTheRunningOneOwnsIt() {
    assertThat(owner(pod("default/old").terminating().build(), RUNNING)).isEqualTo(RUNNING);
    assertThat(owner(RUNNING, pod("default/new").phase(PodPhase.PENDING).build()))
        .isEqualTo(RUNNING);
  }

  @Test
  void noneOwnsItWhileNotExactlyOneIsRunning() {
    assertRefused(ErrorReason.POD_AMBIGUOUS, RUNNING, pod("default/second").build());
    assertRefused(
        ErrorReason.POD_AMBIGUOUS,
        pod("default/old").terminating().build(),
        pod("default/new").phase(PodPhase.PENDING).build());
  }

  @Test
  void aRefusalNamesTheAddressAndThoseThatClaimIt() {
    Pod ended = pod("default/ended").phase(PodPhase.FAILED).build();

    // As v1 begins; who embeds this need not have a cluster.
    assertThatThrownBy(() -> owner())
        .hasMessageStartingWith("pod list is empty")
        .hasMessageContaining("10.1.2.3")
        .hasMessageNotContaining("kubectl");
    assertThatThrownBy(() -> owner(RUNNING, pod("default/second").build(), ended))
        .hasMessageStartingWith("failed to match pod IP 10.1.2.3 with [")
        .hasMessageContaining("10.1.2.3")
        .hasMessageContaining("default/running")
        .hasMessageContaining("default/second")
        .hasMessageNotContaining("default/ended");
  }

  private static Pod owner(Pod... pods) {
    return LivePods.owner(address("10.1.2.3"), List.of(pods));
  }

  private static void assertRefused(ErrorReason reason, Pod... pods) {
    assertThatThrownBy(() -> owner(pods))
        .isInstanceOfSatisfying(
            PodIdentityException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
