package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.CachingTokenSource;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenFetcher;
import io.podidentity.bin.Daemons;
import io.podidentity.bin.HealthServer;
import io.podidentity.bin.LineLog;
import io.podidentity.bin.MetricsServer;
import io.podidentity.bin.Parts;
import io.podidentity.bin.ScheduledTimer;
import io.podidentity.bin.http.ServerLimits;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NMI without its process: what listens, answers, and keeps the rules in place, over ports that it
 * is given and does not close. The program runs one of these; so can a test or a sandbox, and
 * several of them beside each other. Thread-safe.
 */
public final class Nmi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Nmi.class);
  private static final String REQUESTS = "io.podidentity.nmi.requests";
  private static final String AUDIT = "io.podidentity.nmi.audit";

  private static final Map<TokenService, FetchLimits> FETCHES =
      Map.of(TokenService.IMDS, FetchLimits.IMDS, TokenService.ENTRA, FetchLimits.ENTRA);
  private static final Duration STOP_BOUND = Duration.ofSeconds(5);

  /**
   * What it stands on.
   *
   * @param tokens asked on several threads, within the limits of {@link FetchLimits}
   * @param synced for each resource of the cluster, whether the directories know what there is;
   *     called on each probe, must be quick
   * @param rules asked from one thread at a time, at the options' interval; null if something else
   *     sends pods' requests here
   * @param metrics counted in by this one alone
   * @param sources which source addresses count
   * @param metadataClient passes on what is no token request; must use no proxy and follow no
   *     redirects
   */
  public record Ports(
      PodDirectory pods,
      OperationMode mode,
      Exemptions exemptions,
      TokenSource tokens,
      Map<String, BooleanSupplier> synced,
      @Nullable NodeRules rules,
      NmiMetrics metrics,
      SourceGate sources,
      HttpClient metadataClient) {

    /** Where each source address counts. */
    public Ports(
        PodDirectory pods,
        OperationMode mode,
        Exemptions exemptions,
        TokenSource tokens,
        Map<String, BooleanSupplier> synced,
        @Nullable NodeRules rules,
        NmiMetrics metrics,
        HttpClient metadataClient) {
      this(pods, mode, exemptions, tokens, synced, rules, metrics, SourceGate.OPEN, metadataClient);
    }
  }

  /**
   * Where lines go, each on a thread of its own that may be blocked.
   *
   * @param requests one for each request
   * @param audit one for each request to {@code /host/token/}, and if so wanted for each token
   */
  record Logs(AccessLog.Out requests, AccessLog.Out audit) {}

  private final Parts parts = new Parts();
  private final NmiServer server;
  private final HealthServer health;
  private final MetricsServer metrics;
  private final RulesState rules;
  private final Readiness readiness;

  /** An NMI that does not listen yet. */
  public Nmi(NmiOptions options, Ports ports, Clock clock) {
    this(
        options,
        ports,
        clock,
        new ScheduledTimer("timer"),
        NmiServer.limits(options.holds().untilAssigned()),
        new Logs(LineLog.of(REQUESTS)::write, LineLog.of(AUDIT)::write));
  }

  /**
   * An NMI with parts of its own.
   *
   * @param timer closed with it, if it can be closed
   */
  Nmi(NmiOptions options, Ports ports, Clock clock, Timer timer, ServerLimits limits, Logs logs) {
    if (timer instanceof ScheduledTimer scheduled) {
      parts.add(scheduled);
    }
    // The queue in front of them bounds their number.
    ExecutorService fetches = Executors.newCachedThreadPool(Daemons.named("fetch"));
    parts.add(fetches::shutdownNow);
    AccessLog accessLog = parts.add(new AccessLog("access-log", logs.requests()));
    AccessLog auditLog = parts.add(new AccessLog("audit-log", logs.audit()));

    TokenBroker broker =
        new TokenBroker(
            ports.pods(),
            ports.mode(),
            ports.exemptions(),
            tokens(options, ports, fetches, timer, clock),
            options.holds(),
            timer,
            clock,
            ports.metrics().tokens());

    NmiOptions.Http http = options.http();
    ErrorResponses errors = new ErrorResponses(http.retryAfterMissing());
    Journal journal = new Journal(accessLog, ports.metrics());
    PodNamespaces namespaces = new PodNamespaces(ports.pods());
    Refuser refuser = new Refuser(journal, clock);
    MetadataProxy proxy =
        new MetadataProxy(
            ports.metadataClient(), timer, new MetadataBudget(clock), errors, refuser);
    NmiRouter router =
        new NmiRouter(
            new TokenHandler(
                broker,
                errors,
                http.metadataHeaderRequired(),
                ports.sources(),
                namespaces,
                journal,
                http.auditTokens() ? auditLog : null,
                clock),
            new HostTokenHandler(
                broker, errors, http.hostToken(), namespaces, journal, auditLog, clock),
            new MetadataHandler(
                broker,
                new MetadataRequests(options.metadata().uri()),
                proxy,
                errors,
                refuser,
                ports.sources(),
                http),
            refuser,
            http.blockInstanceMetadata());
    this.server =
        new NmiServer(
            addresses(http, options.rules().target()),
            router,
            limits,
            broker::drain,
            () -> {
              broker.close();
              proxy.close();
            },
            STOP_BOUND);
    this.rules = new RulesState(ports.rules(), options.rules().interval(), timer, ports.metrics());
    this.readiness =
        new Readiness(
            server::isListening, rules::isInPlace, ports.sources()::isReady, ports.synced());
    this.health = new HealthServer(options.probePort(), this::isReady, readiness::missing);
    this.metrics = new MetricsServer(options.metricsPort(), ports.metrics().registry());
    ports
        .metrics()
        .observe(rules::isInPlace, ports.synced(), server::connections, server::inFlight);
  }

  /**
   * Begins to keep the rules in place, and listens for probes and for pods. If another process has
   * a port, such as the NMI that this one is to replace, it waits until that is free.
   *
   * @return where it listens for pods
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot listen; it is of
   *     no use then, but for {@link #close}; with {@code SHUTTING_DOWN} if it was closed meanwhile
   */
  public InetSocketAddress start() {
    return start(() -> {});
  }

  /**
   * The same.
   *
   * @param meanwhile what to do when the rules are looked after and before a port is waited for
   */
  InetSocketAddress start(Runnable meanwhile) {
    // Closed in the opposite order: waiting pods are answered before a busy iptables is waited for.
    parts.add(rules);
    rules.start();
    meanwhile.run();
    FreePort free = parts.add(new FreePort());
    parts.add(health);
    InetSocketAddress probes = free.await(health::start);
    parts.add(server);
    InetSocketAddress address = free.await(server::start);
    parts.add(metrics);
    Optional<InetSocketAddress> scraped = free.await(metrics::start);
    log.info(
        "listening address={} probes={} metrics={}",
        address,
        probes,
        scraped.map(InetSocketAddress::toString).orElse("none"));
    return address;
  }

  /** Whether it can do its work: pods' requests come here, and it knows the pods. */
  public boolean isReady() {
    return readiness.isReady();
  }

  /** Where it listens for pods. On 0.0.0.0 it listens on all others too. */
  private static List<InetSocketAddress> addresses(NmiOptions.Http http, @Nullable String target) {
    InetSocketAddress own = new InetSocketAddress(http.address(), http.port());
    return target == null || own.getAddress().isAnyLocalAddress()
        ? List.of(own)
        : List.of(own, new InetSocketAddress(target, http.port()));
  }

  /** How many requests have no answer yet. */
  int inFlight() {
    return server.inFlight();
  }

  /** How many connections there are. */
  int connections() {
    return server.connections();
  }

  /**
   * Accepts nothing more, answers all that waits, and ends; takes a few seconds at most. The rules
   * stay: without them pods would reach the metadata service itself.
   */
  @Override
  public void close() {
    parts.close();
  }

  private static TokenFetcher tokens(
      NmiOptions options, Ports ports, Executor fetches, Timer timer, Clock clock) {
    Telemetry telemetry = ports.metrics().tokens();
    FetchQueue queue = new FetchQueue(ports.tokens(), fetches, timer, clock, FETCHES, telemetry);
    return options.tokenCacheSize() == 0
        ? queue
        : new CachingTokenSource(
            queue, clock, timer, CacheBounds.of(options.tokenCacheSize()), telemetry);
  }
}
