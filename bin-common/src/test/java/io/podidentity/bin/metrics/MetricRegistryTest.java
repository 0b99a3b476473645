package io.podidentity.bin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetricRegistryTest {
  private final MetricRegistry registry = new MetricRegistry();

  @Test
  void countersGaugesAndHistogramsAreWrittenByName() {
    registry.gauge("b_now", "Now.", () -> 2.5);
    registry.counters("c_total", "All.", "kind").with("x").increment();
    registry
        .histograms("a_seconds", "How long.", Buckets.ofSeconds(0.5, 1))
        .with()
        .observe(Duration.ofMillis(750));

    assertThat(registry.text())
        .isEqualTo(
            """
            # HELP a_seconds How long.
            # TYPE a_seconds histogram
            a_seconds_bucket{le="0.5"} 0
            a_seconds_bucket{le="1"} 1
            a_seconds_bucket{le="+Inf"} 1
            a_seconds_sum 0.75
            a_seconds_count 1
            # HELP b_now Now.
            # TYPE b_now gauge
            b_now 2.5
            # HELP c_total All.
            # TYPE c_total counter
            c_total{kind="x"} 1
            """);
  }

  // A bucket holds what is less or equal, as in Prometheus.
  @Test
  void whatIsAsLongAsABoundIsInItsBucketAndWhatIsLongerInTheLast() {
    Histogram histogram = registry.histograms("a", "A.", Buckets.ofSeconds(0.1, 0.3)).with();
    histogram.observe(Duration.ofMillis(100));
    histogram.observe(Duration.ofMillis(300).plusNanos(1));
    histogram.observe(Duration.ofSeconds(-1));

    assertThat(registry.text())
        .contains("a_bucket{le=\"0.1\"} 2\na_bucket{le=\"0.3\"} 2\na_bucket{le=\"+Inf\"} 3\n")
        .contains("a_count 3\n");
  }

  @Test
  void aLabelCannotEndItsLineOrItsValue() {
    registry.counters("a", "A \\ and\na break.", "l").with("x\"} 1\nb 2\\").increment();

    assertThat(registry.text())
        .isEqualTo(
            """
            # HELP a A \\\\ and\\na break.
            # TYPE a counter
            a{l="x\\"} 1\\nb 2\\\\"} 1
            """);
  }

  @Test
  void beyondTheBoundWhatIsNewIsCountedTogether() {
    Family<Counter> family = registry.counters("a", "A.", "l", "m");
    for (int i = 0; i < Family.MAX_SERIES + 10; i++) {
      family.with("v" + i, "w").increment();
    }
    family.with("v0", "w").increment();

    assertThat(registry.text().lines().filter(line -> line.startsWith("a{")))
        .hasSize(Family.MAX_SERIES + 1)
        .contains("a{l=\"v0\",m=\"w\"} 2", "a{l=\"other\",m=\"other\"} 10");
  }

  @Test
  void nothingIsLostBetweenThreads() throws InterruptedException {
    Family<Counter> family = registry.counters("a", "A.", "l");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int thread = 0; thread < 4; thread++) {
      threads.execute(
          () -> {
            for (int i = 0; i < 20_000; i++) {
              family.with("v" + i % 1000).increment();
            }
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    assertThat(
            registry
                .text()
                .lines()
                .filter(line -> line.startsWith("a{"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .sum())
        .isEqualTo(80_000);
  }

  @Test
  void aNameIsThereOnceAndHasItsLabels() {
    Family<Counter> family = registry.counters("a", "A.", "l");

    assertThatThrownBy(() -> registry.gauges("a", "A."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(family::with).isInstanceOf(IllegalArgumentException.class);
  }
}
