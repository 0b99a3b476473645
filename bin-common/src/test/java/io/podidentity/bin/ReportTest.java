package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Step.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private static final Report.Line FINE =
      new Report.Line("pod", Verdict.OK, "", "pod default/web is running", "");
  private static final Report.Line WORTH_KNOWING =
      new Report.Line("exemption", Verdict.WARNING, "pod-exempt", "it is exempt", "");
  private static final Report.Line WRONG =
      new Report.Line(
          "binding", Verdict.WRONG, "selector-case", "b selects \"App\"", "kubectl edit b");
  private static final Report.Line WRONG_TOO =
      new Report.Line("answer", Verdict.WRONG, "identity-not-bound", "NMI refuses", "");

  @Test
  void textHasALineForEachThingAndTheFirstCause() {
    Report report = new Report("pod default/web", List.of(FINE, WORTH_KNOWING, WRONG, WRONG_TOO));

    assertThat(report.in(OutputFormat.TEXT))
        .isEqualTo(
            """
            pod default/web
              ok       pod          pod default/web is running
              warning  exemption    pod-exempt: it is exempt
              wrong    binding      selector-case: b selects "App"
                                    next: kubectl edit b
              wrong    answer       identity-not-bound: NMI refuses
            cause: selector-case
            """);
    assertThat(report.isWell()).isFalse();
  }

  @Test
  void textSaysSoIfNothingIsWrong() {
    Report report = new Report("pod default/web", List.of(FINE, WORTH_KNOWING));

    assertThat(report.in(OutputFormat.TEXT)).endsWith("nothing is wrong\n");
    assertThat(report.isWell()).isTrue();
  }

  @Test
  void jsonHasTheSame() {
    Report report = new Report("pod default/web", List.of(FINE, WRONG));

    JsonNode json = JsonMapper.shared().readTree(report.in(OutputFormat.JSON));

    assertThat(json.path("subject").asString()).isEqualTo("pod default/web");
    assertThat(json.path("well").asBoolean()).isFalse();
    assertThat(json.path("cause").asString()).isEqualTo("selector-case");
    assertThat(json.path("steps")).hasSize(2);
    JsonNode wrong = json.path("steps").get(1);
    assertThat(wrong.path("part").asString()).isEqualTo("binding");
    assertThat(wrong.path("verdict").asString()).isEqualTo("wrong");
    assertThat(wrong.path("code").asString()).isEqualTo("selector-case");
    assertThat(wrong.path("text").asString()).isEqualTo("b selects \"App\"");
    assertThat(wrong.path("next").asString()).isEqualTo("kubectl edit b");
  }

  @Test
  void formatIsTextOrJson() {
    assertThat(OutputFormat.named("text")).isEqualTo(OutputFormat.TEXT);
    assertThat(OutputFormat.named("json")).isEqualTo(OutputFormat.JSON);
    assertThatThrownBy(() -> OutputFormat.named("yaml"))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID));
  }
}
