package io.podidentity.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures a cached token without HTTP, with JMH. No build runs it, because its name does not end
 * in Test: {@code tests/benchmarks/nmi-load.sh} does.
 */
final class CachedTokenReport {
  @Test
  void measure() throws RunnerException, IOException {
    List<String> lines = new ArrayList<>();
    lines.add("a cached token without HTTP (JMH), Java " + System.getProperty("java.version"));
    for (int threads = 1; threads <= 2; threads++) {
      RunResult result = run(threads);
      lines.add(
          String.format(
              Locale.ROOT,
              "  %d thread%s: %,.0f ns, %,.0f bytes allocated",
              threads,
              threads == 1 ? "" : "s",
              result.getPrimaryResult().getScore(),
              result.getSecondaryResults().get("gc.alloc.rate.norm").getScore()));
    }
    Files.write(Path.of("target", "cached-token.txt"), lines);
  }

  /** With the compiler that NMI ships with. */
  private static RunResult run(int threads) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(CachedTokenBenchmark.class.getName())
                .addProfiler(GCProfiler.class)
                .threads(threads)
                .forks(1)
                .jvmArgs("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m")
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .build())
        .runSingle();
  }
}
