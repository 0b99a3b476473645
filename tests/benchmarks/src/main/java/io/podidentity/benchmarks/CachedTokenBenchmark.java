package io.podidentity.benchmarks;

import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A request whose token is in the cache, from the pod's address to the grant: who asks, what it may
 * have, and the token.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CachedTokenBenchmark {
  private static final int PODS = 16;

  private final BenchBroker bench = new BenchBroker();
  private final TokenRequest[] requests =
      IntStream.range(0, PODS)
          .mapToObj(i -> BenchBroker.request(BenchNode.address(i)))
          .toArray(TokenRequest[]::new);

  /** Fills the cache. */
  @Setup
  public void fill() {
    for (int i = 0; i < PODS; i++) {
      BenchNode.put(bench.cluster, i, "client" + i);
      // The queue keeps to IMDS's limits.
      bench.timer.advance(Duration.ofSeconds(1));
      bench.broker.requestBlocking(requests[i]);
    }
  }

  /** One request of any of the pods. */
  @Benchmark
  public TokenGrant hit() {
    CompletableFuture<TokenGrant> grant =
        bench.broker.request(requests[ThreadLocalRandom.current().nextInt(PODS)]);
    return grant.join();
  }
}
