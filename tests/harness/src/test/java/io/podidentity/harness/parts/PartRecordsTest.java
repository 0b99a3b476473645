package io.podidentity.harness.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;

final class PartRecordsTest {

  private static final String ADVICE = "curl is missing: install it";

  @TempDir private Path folder;

  @Test
  void presentPartIsRecorded() {
    assertThat(records(true).settle(RealPart.CURL, null)).isNull();
    assertThat(folder.resolve("curl.present")).exists();
  }

  @Test
  void missingPartIsRecordedWithItsAdvice() {
    assertThat(records(false).settle(RealPart.CURL, ADVICE)).isEqualTo(ADVICE);
    assertThat(folder.resolve("curl.missing")).hasContent(ADVICE);
  }

  @Test
  void missingPartFailsWhenRequiredAndIsRecordedAllTheSame() {
    assertThatThrownBy(() -> records(true).settle(RealPart.CURL, ADVICE))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith(ADVICE);
    assertThat(folder.resolve("curl.missing")).exists();
  }

  @Test
  void containerEngineIsNeverDemanded() {
    assertThat(records(true).settle(RealPart.CONTAINER_ENGINE, "no engine")).isEqualTo("no engine");
    assertThat(folder.resolve("container-engine.missing")).exists();
  }

  @Test
  void partThatCameBackIsNoLongerMissing() {
    records(false).settle(RealPart.CURL, ADVICE);
    records(false).settle(RealPart.CURL, null);
    assertThat(folder.resolve("curl.missing")).doesNotExist();
  }

  @Test
  void annotatedClassIsSkippedForOneMissingPartAndAllPartsAreRecorded() {
    ConditionEvaluationResult result =
        RealPartCondition.decide(
            records(false),
            part -> part == RealPart.CURL ? ADVICE : null,
            RealPart.CURL,
            RealPart.KUBE_APISERVER);
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValue(ADVICE);
    assertThat(folder.resolve("kube-apiserver.present")).exists();
  }

  @Test
  void annotatedClassFailsForARequiredMissingPart() {
    assertThatThrownBy(
            () -> RealPartCondition.decide(records(true), part -> ADVICE, RealPart.IPTABLES_NFT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(ADVICE);
  }

  @Test
  void annotatedClassRunsWithAllParts() {
    assertThat(
            RealPartCondition.decide(records(true), part -> null, RealPart.IPTABLES_NFT)
                .isDisabled())
        .isFalse();
  }

  private PartRecords records(boolean required) {
    return new PartRecords(folder, required);
  }
}
