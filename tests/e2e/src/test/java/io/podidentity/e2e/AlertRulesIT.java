package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.prometheus.PrometheusBinaries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules, as promtool evaluates them on series that are made up. */
@RequiresRealPart(RealPart.PROMETHEUS)
final class AlertRulesIT {

  private static final Pattern CASE =
      Pattern.compile(
          "alertname: (\\w+)\\n +eval_time: \\w+\\n +exp_alerts:( \\[\\])?\\n", Pattern.MULTILINE);

  @Test
  void eachAlertFiresWhenItShouldAndOnlyThen(@TempDir Path folder) throws IOException {
    String tests = tests();
    Files.writeString(folder.resolve("alerts.yaml"), ProjectFiles.text(MonitoringFiles.ALERTS));
    Files.writeString(folder.resolve("alerts_test.yaml"), tests);

    assertSucceeds(folder, "check", "rules", "alerts.yaml");
    assertSucceeds(folder, "test", "rules", "alerts_test.yaml");

    Map<String, Long> cases =
        CASE.matcher(tests)
            .results()
            .map(found -> found.group(1) + (found.group(2) == null ? " fires" : " does not"))
            .collect(Collectors.groupingBy(it -> it, Collectors.counting()));
    for (String alert : MonitoringFiles.alerts().keySet()) {
      assertThat(cases).containsKeys(alert + " fires", alert + " does not");
    }
  }

  private static void assertSucceeds(Path folder, String... words) {
    CommandResult result =
        Command.of(words)
            .withPrefix(List.of(PrometheusBinaries.find().promtool().toString()))
            .withDirectory(folder)
            .run();
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
  }

  private static String tests() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            AlertRulesIT.class.getResourceAsStream("/monitoring/alerts_test.yaml"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
