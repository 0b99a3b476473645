package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.bin.metrics.Buckets;
import io.podidentity.bin.metrics.Counter;
import io.podidentity.bin.metrics.Family;
import io.podidentity.bin.metrics.Histogram;
import io.podidentity.bin.metrics.MetricRegistry;
import io.podidentity.bin.metrics.V1Metrics;
import io.podidentity.bin.metrics.V1Metrics.KubernetesOperation;
import io.podidentity.bin.metrics.V1Metrics.TokenOperation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The metrics of what the broker, the cache and the queue report. Thread-safe, without a lock. */
final class TokenMetrics implements Telemetry {
  private static final Buckets WAITS =
      Buckets.ofSeconds(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 100);

  private final V1Metrics v1;

  private final Map<TokenCacheEvent, Counter> cache = new EnumMap<>(TokenCacheEvent.class);
  private final AtomicInteger cacheEntries = new AtomicInteger();
  private volatile long cacheBytes;

  private final Map<TokenService, Lane> lanes = new EnumMap<>(TokenService.class);
  private final Family<Counter> fetchFailures;
  private final Map<WaitReason, Wait> waits = new EnumMap<>(WaitReason.class);

  /** The fetches from one token service. */
  private record Lane(
      AtomicInteger waiting, AtomicInteger running, Histogram waited, Counter refused) {}

  /** What waits for one thing. */
  private record Wait(AtomicInteger now, Histogram took) {}

  /** Adds them to a registry. */
  TokenMetrics(MetricRegistry registry, V1Metrics v1) {
    this.v1 = v1;
    Family<Counter> cacheEvents =
        registry.counters(
            "podidentity_token_cache_events_total",
            "What the token cache did with requests and with its own entries.",
            "event");
    for (TokenCacheEvent event : TokenCacheEvent.values()) {
      cache.put(event, cacheEvents.with(event.code()));
    }
    registry.gauge(
        "podidentity_token_cache_entries", "Tokens in the cache.", cacheEntries::doubleValue);
    registry.gauge(
        "podidentity_token_cache_bytes",
        "About how much memory the tokens in the cache take.",
        () -> cacheBytes);

    fetchFailures =
        registry.counters(
            "podidentity_token_fetch_failures_total",
            "Calls of a token service that gave no token.",
            "reason",
            "service");
    addLanes(registry);
    addWaits(registry);
  }

  private void addLanes(MetricRegistry registry) {
    var waiting =
        registry.gauges(
            "podidentity_token_fetches_waiting",
            "Calls of a token service that wait for their turn.",
            "service");
    var running =
        registry.gauges(
            "podidentity_token_fetches_running",
            "Calls of a token service that have no answer yet.",
            "service");
    var waited =
        registry.histograms(
            "podidentity_token_fetch_wait_seconds",
            "How long calls of a token service waited for their turn.",
            WAITS,
            "service");
    var refused =
        registry.counters(
            "podidentity_token_fetches_refused_total",
            "Calls of a token service that were not made: too many waited, or too long.",
            "service");
    for (TokenService service : TokenService.values()) {
      Lane lane =
          new Lane(
              new AtomicInteger(),
              new AtomicInteger(),
              waited.with(service.code()),
              refused.with(service.code()));
      waiting.with(service.code()).from(lane.waiting()::doubleValue);
      running.with(service.code()).from(lane.running()::doubleValue);
      lanes.put(service, lane);
    }
  }

  private void addWaits(MetricRegistry registry) {
    var now =
        registry.gauges(
            "podidentity_requests_waiting",
            "Requests that wait for their pod to be known, or for its identity.",
            "reason");
    var took =
        registry.histograms(
            "podidentity_request_wait_seconds",
            "How long requests waited for their pod to be known, or for its identity.",
            WAITS,
            "reason");
    for (WaitReason reason : WaitReason.values()) {
      Wait wait = new Wait(new AtomicInteger(), took.with(reason.code()));
      now.with(reason.code()).from(wait.now()::doubleValue);
      waits.put(reason, wait);
    }
  }

  @Override
  public void requestWaits(WaitReason reason) {
    of(waits, reason).now().incrementAndGet();
    if (reason == WaitReason.POD) {
      v1.kubernetesFailed(KubernetesOperation.POD_LOOK_UP);
    }
  }

  @Override
  public void requestWaited(WaitReason reason, Duration took) {
    Wait wait = of(waits, reason);
    wait.now().decrementAndGet();
    wait.took().observe(took);
  }

  @Override
  public void tokenCache(TokenCacheEvent event) {
    of(cache, event).increment();
  }

  @Override
  public void tokenCacheFilled(int entries, long bytes) {
    cacheEntries.set(entries);
    cacheBytes = bytes;
  }

  @Override
  public void tokenFetches(TokenService service, int waiting, int underWay) {
    Lane lane = of(lanes, service);
    lane.waiting().set(waiting);
    lane.running().set(underWay);
  }

  @Override
  public void tokenFetched(TokenQuery query, Duration waited, Duration took) {
    v1.token(operation(query), took);
    of(lanes, query.service()).waited().observe(waited);
  }

  @Override
  public void tokenFetchFailed(
      TokenQuery query, Duration waited, Duration took, RuntimeException error) {
    v1.tokenFailed(operation(query));
    of(lanes, query.service()).waited().observe(waited);
    String reason =
        error instanceof PodIdentityException known
            ? known.reason().code()
            : RefusalCause.INTERNAL_ERROR.code();
    fetchFailures.with(reason, query.service().code()).increment();
  }

  @Override
  public void tokenFetchRefused(TokenQuery query) {
    of(lanes, query.service()).refused().increment();
  }

  private static TokenOperation operation(TokenQuery query) {
    if (query.subject() instanceof TokenQuery.OfNode node) {
      return node.choice().equals(IdentityChoice.ANY)
          ? TokenOperation.MSI
          : TokenOperation.MSI_USER_ASSIGNED;
    }
    return query.service() == TokenService.ENTRA
        ? TokenOperation.SERVICE_PRINCIPAL
        : TokenOperation.MSI_USER_ASSIGNED;
  }

  /** There is one for each. */
  static <K extends Enum<K>, V> V of(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("no metric for " + key);
    }
    return value;
  }
}
