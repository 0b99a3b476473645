package io.podidentity.nmi;

import io.podidentity.api.spi.Telemetry;
import io.podidentity.bin.metrics.Counter;
import io.podidentity.bin.metrics.Family;
import io.podidentity.bin.metrics.MetricRegistry;
import io.podidentity.bin.metrics.ProcessMetrics;
import io.podidentity.bin.metrics.Reading;
import io.podidentity.bin.metrics.V1Metrics;
import io.podidentity.bin.metrics.V1Metrics.KubernetesOperation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The metrics of one NMI: those of AAD Pod Identity v1, and our own, which begin with {@code
 * podidentity_}. {@code docs/metrics.md} explains each. No label holds what a client may choose.
 * Counting takes no lock. Thread-safe.
 */
public final class NmiMetrics {
  private final MetricRegistry registry = new MetricRegistry();
  private final V1Metrics v1 = new V1Metrics(registry);
  private final TokenMetrics tokens = new TokenMetrics(registry, v1);

  private final Map<RefusalCause, Counter> refusals = new EnumMap<>(RefusalCause.class);
  private final Reading rulesInPlace;
  private final Counter rulesRepairs;
  private final Counter rulesFailures;
  private final Reading routeLocalnetOff;
  private final Family<Reading> informers;
  private final Family<Reading> sourcePins;
  private volatile LongSupplier spoofed = () -> 0;
  private final Reading connections;
  private final Reading inFlight;

  /** Metrics of which nothing is counted yet. */
  public NmiMetrics() {
    ProcessMetrics.addTo(registry);

    Family<Counter> refused =
        registry.counters(
            "podidentity_refusals_total", "Requests that were refused, by cause.", "cause");
    for (RefusalCause cause : RefusalCause.values()) {
      refusals.put(cause, refused.with(cause.code()));
    }
    rulesInPlace =
        registry
            .gauges(
                "podidentity_rules_in_place",
                "Whether the node's packet rules are as they should be.")
            .with();
    rulesRepairs =
        registry
            .counters(
                "podidentity_rules_repairs_total",
                "Times that the rules were missing or changed, and were put back.")
            .with();
    rulesFailures =
        registry
            .counters(
                "podidentity_rules_failures_total",
                "Times that the rules could not be looked at or written.")
            .with();
    routeLocalnetOff =
        registry
            .gauges(
                "podidentity_route_localnet_off_interfaces",
                "Interfaces behind which pods cannot be redirected to 127.0.0.1.")
            .with();
    informers =
        registry.gauges(
            "podidentity_informer_synced",
            "Whether it is known what there is of a resource in the cluster.",
            "resource");
    sourcePins =
        registry.gauges(
            "podidentity_source_pins",
            "Addresses of pods, by whether they are held to an interface.",
            "state");
    registry.counted(
        "podidentity_spoofed_packets_total",
        "Packets that came with a pod's address from elsewhere, and were dropped.",
        () -> spoofed.getAsLong());
    connections = registry.gauges("podidentity_connections", "Open connections.").with();
    inFlight =
        registry
            .gauges("podidentity_requests_in_flight", "Requests that have no answer yet.")
            .with();
  }

  /**
   * Where to look when somebody scrapes.
   *
   * @param synced for each resource of the cluster, whether it is known what there is
   */
  void observe(
      BooleanSupplier inPlace,
      Map<String, BooleanSupplier> synced,
      IntSupplier open,
      IntSupplier unanswered) {
    rulesInPlace.from(() -> number(inPlace));
    synced.forEach((resource, known) -> informers.with(resource).from(() -> number(known)));
    connections.from(open::getAsInt);
    inFlight.from(unanswered::getAsInt);
  }

  /** Where to look for how many interfaces have route_localnet off. */
  void observeRouteLocalnet(IntSupplier off) {
    routeLocalnetOff.from(off::getAsInt);
  }

  /** Where to look for what is pinned, and what was dropped for it. */
  void observePins(IntSupplier pinned, IntSupplier unpinned, LongSupplier dropped) {
    sourcePins.with("pinned").from(pinned::getAsInt);
    sourcePins.with("unpinned").from(unpinned::getAsInt);
    spoofed = dropped;
  }

  /** All of them. */
  public MetricRegistry registry() {
    return registry;
  }

  /** Those of the broker, the cache and the queue. */
  Telemetry tokens() {
    return tokens;
  }

  /** A token request was answered. */
  void answered(String path, String namespace, String resource, int status, Duration took) {
    v1.request(
        namespace,
        RequestLabels.path(path),
        RequestLabels.resource(resource),
        RequestLabels.status(status),
        took);
  }

  /** A request was refused. */
  void refused(RefusalCause cause) {
    TokenMetrics.of(refusals, cause).increment();
  }

  /** A Secret could not be read. */
  void secretFailed() {
    v1.kubernetesFailed(KubernetesOperation.SECRET);
  }

  /** The rules were put back. */
  void rulesRepaired() {
    rulesRepairs.increment();
  }

  /** The rules could not be looked at or written. */
  void rulesFailed() {
    rulesFailures.increment();
  }

  private static double number(BooleanSupplier value) {
    return value.getAsBoolean() ? 1 : 0;
  }
}
