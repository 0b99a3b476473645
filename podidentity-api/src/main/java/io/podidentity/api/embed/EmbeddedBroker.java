package io.podidentity.api.embed;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.telemetry.GuardedTelemetry;
import io.podidentity.api.token.CachingTokenSource;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A token broker with its cache and its threads, ready to be asked. It keeps what the token service
 * serves, and closing it ends its threads. Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private final OwnThreads threads;
  private final TokenBroker broker;

  /** A broker for the workloads of a table, with the default settings and no exemptions. */
  public EmbeddedBroker(Workloads workloads, TokenSource source) {
    this(
        workloads,
        OperationMode.managed(workloads),
        Exemptions.of(namespace -> List.of()),
        source,
        EmbedSettings.defaults());
  }

  /**
   * A broker over directories of your own.
   *
   * @param pods which workload has which address
   * @param mode which identities a workload has
   * @param exemptions who gets the host's identity instead
   * @param source where tokens come from; asked on threads of this broker
   */
  public EmbeddedBroker(
      PodDirectory pods,
      OperationMode mode,
      Exemptions exemptions,
      TokenSource source,
      EmbedSettings settings) {
    threads = new OwnThreads();
    // Once for all parts, so that it says once that it fails.
    Telemetry telemetry = GuardedTelemetry.of(settings.telemetry());
    FetchQueue queue =
        new FetchQueue(
            source, threads.fetches(), threads, settings.clock(), settings.limits(), telemetry);
    broker =
        new TokenBroker(
            pods,
            mode,
            exemptions,
            new CachingTokenSource(queue, settings.clock(), threads, settings.cache(), telemetry),
            settings.holds(),
            threads,
            settings.clock(),
            telemetry);
  }

  /**
   * Asks for a token.
   *
   * @return as of {@link TokenBroker#request}
   */
  public CompletableFuture<TokenGrant> request(TokenRequest request) {
    return broker.request(request);
  }

  /**
   * Asks for a token and waits for the answer, on the caller's thread.
   *
   * @throws PodIdentityException as of {@link TokenBroker#requestBlocking}
   */
  public TokenGrant requestBlocking(TokenRequest request) {
    return broker.requestBlocking(request);
  }

  /**
   * Refuses all requests that have no answer yet, and all that come, and ends the threads. Fetches
   * that are under way are interrupted, and are waited for, 5 s at most: a source that heeds no
   * interrupt keeps its thread until it is done.
   */
  @Override
  public void close() {
    broker.close();
    threads.close();
  }
}
