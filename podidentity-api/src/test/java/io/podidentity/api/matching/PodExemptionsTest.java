package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodExemptionsTest {
  private static final Pod MIC =
      pod("default/mic-1").label("app", "mic").label("tier", "control").build();

  @ParameterizedTest(name = "{0}/{1}={2}: {3}")
  @CsvSource({
    "default, app, mic, true",
    "default, app, MIC, true",
    "default, APP, mic, false",
    "default, app, mi, false",
    "default, app, '', false",
    "default, other, mic, false",
    "kube-system, app, mic, false",
  })
  void oneLabelOfTheSameNamespaceIsEnough(
      String namespace, String key, String value, boolean exempt) {
    assertThat(isExempt(new PodExemption(name(namespace + "/e"), Map.of(key, value))))
        .isEqualTo(exempt);
  }

  @Test
  void anyLabelOfAnyExemptionIsEnough() {
    PodExemption none = new PodExemption(name("default/a"), Map.of("app", "web"));
    PodExemption one = new PodExemption(name("default/b"), Map.of("x", "y", "tier", "control"));

    assertThat(isExempt(none)).isFalse();
    assertThat(isExempt(none, one)).isTrue();
  }

  @Test
  void withoutLabelsNoneIsExempt() {
    assertThat(isExempt()).isFalse();
    assertThat(isExempt(new PodExemption(name("default/empty"), Map.of()))).isFalse();
    assertThat(
            PodExemptions.isExempt(
                pod("default/bare").build(),
                List.of(new PodExemption(name("default/e"), Map.of("app", "")))))
        .isFalse();
  }

  private static boolean isExempt(PodExemption... exemptions) {
    return PodExemptions.isExempt(MIC, List.of(exemptions));
  }
}
