package io.podidentity.benchmarks;

import io.podidentity.api.model.TokenQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures the token cache's map against one of the JDK's parts alone. No build runs it, because
 * its name does not end in Test: {@code tests/benchmarks/cache.sh} does.
 */
final class BoundedCacheReport {
  private static final List<String> KINDS = List.of("caffeine", "jdk");

  @Test
  void measure() throws RunnerException, IOException {
    List<String> lines = new ArrayList<>();
    lines.add("Java " + System.getProperty("java.version"));
    for (int compiler : List.of(1, 4)) {
      for (int threads : List.of(1, 2)) {
        for (RunResult result : run(compiler, threads)) {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "  -XX:TieredStopAtLevel=%d, %d thread%s, %-10s %-8s: %6.1f ns, %6.1f bytes",
                  compiler,
                  threads,
                  threads == 1 ? " " : "s",
                  result.getPrimaryResult().getLabel(),
                  result.getParams().getParam("cache"),
                  result.getPrimaryResult().getScore(),
                  result.getSecondaryResults().get("gc.alloc.rate.norm").getScore()));
        }
      }
    }
    lines.add("hits of a cache with room for a fifth of what is asked for, by Zipf's law");
    for (String kind : KINDS) {
      lines.add(String.format(Locale.ROOT, "  %-8s: %.1f %%", kind, 100 * hitRate(kind)));
    }
    Files.write(Path.of("target", "cache.txt"), lines);
  }

  private static List<RunResult> run(int compiler, int threads) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(BoundedCacheBenchmark.class.getName())
                .addProfiler(GCProfiler.class)
                .threads(threads)
                .forks(1)
                .jvmArgs("-XX:TieredStopAtLevel=" + compiler, "-XX:+UseSerialGC", "-Xmx128m")
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(1))
                .build())
        .run().stream().toList();
  }

  private static double hitRate(String kind) {
    int keys = 10_000;
    int asked = 400_000;
    double[] upTo = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    TokenQuery[] queries =
        IntStream.range(0, keys).mapToObj(BoundedCacheBenchmark::query).toArray(TokenQuery[]::new);
    BoundedCache<TokenQuery, Object> cache = BoundedCacheBenchmark.create(kind);
    Random random = new Random(1);
    int hits = 0;
    for (int i = 0; i < asked; i++) {
      int at = Arrays.binarySearch(upTo, random.nextDouble() * sum);
      TokenQuery query = queries[at < 0 ? -at - 1 : at];
      if (cache.get(query) != null) {
        hits++;
      } else {
        cache.put(query, query);
      }
    }
    return (double) hits / asked;
  }
}
