package io.podidentity.benchmarks;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.TokenQuery;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A look-up of what is there, and a write that puts something else out, with the broker's keys. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BoundedCacheBenchmark {
  /** As many entries as NMI keeps by default, of the least that one counts. */
  private static final int ENTRIES = 2_000;

  private static final int EACH = 8 * 1024;
  private static final int PODS = 16;

  /** Whose cache. */
  @Param({"caffeine", "jdk"})
  public String cache = "";

  private final TokenQuery[] queries =
      IntStream.range(0, 4 * ENTRIES)
          .mapToObj(BoundedCacheBenchmark::query)
          .toArray(TokenQuery[]::new);
  private BoundedCache<TokenQuery, Object> bounded = create("jdk");

  static BoundedCache<TokenQuery, Object> create(String kind) {
    return kind.equals("caffeine")
        ? new BoundedCache.OfCaffeine<>(ENTRIES * EACH, EACH)
        : new BoundedCache.OfTheJdk<>(ENTRIES * EACH, EACH);
  }

  static TokenQuery query(int i) {
    return new TokenQuery(
        new TokenQuery.Bound(
            new AzureIdentity(
                new NamespacedName("bench", "identity" + i),
                "uid-of-identity" + i,
                1,
                false,
                new Credential.ManagedIdentity(
                    BenchNode.identityId(i), new ClientId("client" + i)))),
        BenchNode.RESOURCE);
  }

  /** Makes it, with the tokens of a node's pods in it. */
  @Setup
  public void fill() {
    bounded = create(cache);
    for (int i = 0; i < PODS; i++) {
      bounded.put(queries[i], "token" + i);
    }
  }

  /** The token of any of the pods. */
  @Benchmark
  public @Nullable Object hit() {
    return bounded.get(queries[ThreadLocalRandom.current().nextInt(PODS)]);
  }

  /** Of four times as many as there is room for, any. */
  @Benchmark
  public @Nullable Object missAndPut() {
    TokenQuery query = queries[ThreadLocalRandom.current().nextInt(queries.length)];
    Object there = bounded.get(query);
    if (there == null) {
      bounded.put(query, query);
    }
    return there;
  }
}
