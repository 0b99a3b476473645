package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicPodsTest {
  private static final MicPods MIC = new MicPods("default", "mic-account");

  @Test
  void aPodOfMicClaimsItsReplicaSet() {
    Pod pod = micPod().build();
    PodController claim = new PodController("ReplicaSet", "mic-5c7", "rs-uid");

    assertThat(MIC.claim(pod)).contains(claim);
    assertThat(MicPods.nameOf(claim, pod)).isEqualTo(name("default/mic-5c7"));
  }

  @Test
  void whoLacksAnyPartOfItClaimsNothing() {
    List<Pod> others =
        List.of(
            pod("default/mic-5c7-x").serviceAccount("mic-account").build(),
            micPod().controller("StatefulSet", "mic-5c7", "rs-uid").build(),
            micPod().controller("ReplicaSet", "mic-5c7", "").build(),
            micPod().controller("ReplicaSet", "", "rs-uid").build(),
            micPod().serviceAccount("default").build(),
            micPod().serviceAccount("").build(),
            pod("shop/mic-5c7-x")
                .serviceAccount("mic-account")
                .controller("ReplicaSet", "mic-5c7", "rs-uid")
                .build());

    assertThat(others).allSatisfy(other -> assertThat(MIC.claim(other)).isEmpty());
  }

  @Test
  void withoutAnAccountToGoByNobodyClaimsAnything() {
    Pod pod = micPod().serviceAccount("").build();

    assertThat(new MicPods("default", "").claim(pod)).isEmpty();
  }

  private static PodBuilder micPod() {
    return pod("default/mic-5c7-x")
        .serviceAccount("mic-account")
        .controller("ReplicaSet", "mic-5c7", "rs-uid");
  }
}
