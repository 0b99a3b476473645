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

  /** A user writes an object; an administrator reads the report. */
  @Test
  void whatIsInAnObjectCannotBeLinesNorCommandsOfATerminal() {
    String hostile = "x\r\n  ok       all\u001b[2J\u009b2J\u2028\u0000\u00e9";
    Report report =
        new Report(
            hostile, List.of(new Report.Line("binding", Verdict.WRONG, "code", hostile, hostile)));

    String shown = "x??  ok       all?[2J?2J??\u00e9";
    assertThat(report.in(OutputFormat.TEXT))
        .isEqualTo(
            shown
                + ("\n  wrong    binding      code: " + shown)
                + ("\n                        next: " + shown)
                + "\ncause: code\n");
    String json = report.in(OutputFormat.JSON);
    assertThat(json).matches("[\\x20-\\x7e\n]*");
    assertThat(JsonMapper.shared().readTree(json).path("subject").asString()).isEqualTo(hostile);
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
