package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.spi.Telemetry;
import io.podidentity.bin.metrics.Family;
import io.podidentity.mic.MicMetrics;
import io.podidentity.nmi.NmiMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The names in {@code deploy/monitoring}, without a Prometheus; {@code MonitoringIT} evaluates what
 * is asked of them.
 */
final class MonitoringFilesTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:aadpodidentity|podidentity|process)_[a-z_]+)");
  private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");
  private static final Pattern NAMED_ALERT = Pattern.compile("`(PodIdentity\\w+)`");

  @Test
  void everyMetricOfTheDashboardAndTheAlertsExists() throws IOException {
    Set<String> known =
        families()
            .flatMap(MonitoringFilesTest::series)
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> used = found(METRIC, "deploy/monitoring/dashboard.json");
    assertThat(used).hasSizeGreaterThan(20);
    assertThat(known).containsAll(used);
    assertThat(known).containsAll(expressions());
  }

  @Test
  void everyMetricThatV1DoesNotHaveIsOnTheDashboardOrInAnAlert() throws IOException {
    Set<String> used = found(METRIC, "deploy/monitoring/dashboard.json");
    used.addAll(expressions());

    assertThat(families().filter(family -> family.name().startsWith("podidentity_")))
        .hasSizeGreaterThan(20)
        .allMatch(family -> series(family).anyMatch(used::contains));
  }

  @Test
  void everyAlertIsDocumentedAndNoOther() throws IOException {
    assertThat(found(NAMED_ALERT, "docs/metrics.md"))
        .isEqualTo(found(ALERT, "deploy/monitoring/alerts.yaml"));
  }

  private static Stream<Family<?>> families() {
    return Stream.of(new NmiMetrics().registry(), new MicMetrics(Telemetry.NOOP).registry())
        .flatMap(registry -> registry.families().stream());
  }

  /** The names under which Prometheus keeps it. */
  private static Stream<String> series(Family<?> family) {
    return family.type().equals("histogram")
        ? Stream.of("_bucket", "_sum", "_count").map(suffix -> family.name() + suffix)
        : Stream.of(family.name());
  }

  /** The alerts' texts name metrics without their histogram's parts. */
  private static Set<String> expressions() throws IOException {
    String rules = Files.readString(ROOT.resolve("deploy/monitoring/alerts.yaml"));
    String expressions =
        rules.replaceAll("(?m)^ +(summary|description): .*$", "").replaceAll("(?m)^#.*$", "");
    return found(METRIC, expressions.lines());
  }

  private static Set<String> found(Pattern pattern, String file) throws IOException {
    return found(pattern, Files.readString(ROOT.resolve(file)).lines());
  }

  private static Set<String> found(Pattern pattern, Stream<String> lines) {
    return lines
        .flatMap(line -> pattern.matcher(line).results())
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
