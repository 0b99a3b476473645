package io.podidentity.nmi;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.http.ServerLimits;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.ManualTimer;
import io.podidentity.testkit.MutableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/** A real NMI on a free port, over a cluster in memory and a clock that stands still. */
final class TestNmi implements AutoCloseable {
  /** The resource of the documentation's sample request, escaped. */
  static final String RESOURCE = "resource=https%3A%2F%2Fmanagement.azure.com%2F";

  /** The documentation's sample request. */
  static final String TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&" + RESOURCE;

  static final String METADATA = "Metadata: true";
  static final Instant NOW = Instant.ofEpochSecond(1595892877);
  static final HoldPolicy HOLDS =
      new HoldPolicy(Duration.ofMillis(1200), Duration.ofSeconds(80), Duration.ofSeconds(100));

  final InMemoryCluster cluster = new InMemoryCluster();
  final MutableClock clock = MutableClock.startingAt(NOW);
  final ManualTimer timer = new ManualTimer(clock);

  /** What the token source was asked, in order. */
  final List<TokenQuery> fetched = new CopyOnWriteArrayList<>();

  /** The access log. */
  final List<String> accessLog = new CopyOnWriteArrayList<>();

  /** What it counts. */
  final NmiMetrics metrics = new NmiMetrics();

  /** Addresses that are not held to an interface, where each has to be. */
  final Set<String> unpinned = ConcurrentHashMap.newKeySet();

  /** Whether the cluster is known to it. */
  volatile boolean synced = true;

  private final Nmi nmi;
  private final InetSocketAddress address;
  private final List<RawHttp> connections = new ArrayList<>();
  private volatile Function<TokenQuery, List<AccessToken>> source = q -> List.of(tokenFor(q));

  /** How an NMI is told to be; the rest is v1's defaults. */
  record Settings(NmiOptions.Http http, URI metadata, ServerLimits limits) {
    static final Settings DEFAULT =
        new Settings(
            new NmiOptions.Http("127.0.0.1", 0, true, false, false, true, true),
            URI.create("http://127.0.0.1:9"),
            NmiServer.limits(HOLDS.untilAssigned()));

    Settings withoutHeader() {
      return with(new NmiOptions.Http(http.address(), 0, false, false, false, true, true));
    }

    Settings withRetryAfter() {
      return with(new NmiOptions.Http(http.address(), 0, true, true, false, true, true));
    }

    Settings withBlock() {
      return with(new NmiOptions.Http(http.address(), 0, true, false, true, true, true));
    }

    Settings withAnyMethod() {
      return with(new NmiOptions.Http(http.address(), 0, true, false, false, false, true));
    }

    Settings withoutHostToken() {
      return with(new NmiOptions.Http(http.address(), 0, true, false, false, true, false));
    }

    Settings withAuditedTokens() {
      return with(new NmiOptions.Http(http.address(), 0, true, false, false, true, true, true));
    }

    Settings listeningOn(String listen) {
      return with(new NmiOptions.Http(listen, 0, true, false, false, true, true));
    }

    Settings withMetadata(URI newMetadata) {
      return new Settings(http, newMetadata, limits);
    }

    Settings withLimits(ServerLimits newLimits) {
      return new Settings(http, metadata, newLimits);
    }

    private Settings with(NmiOptions.Http newHttp) {
      return new Settings(newHttp, metadata, limits);
    }
  }

  TestNmi() {
    this(Settings.DEFAULT);
  }

  TestNmi(Settings settings) {
    this(settings, line -> {});
  }

  /** With an audit log that goes there. */
  TestNmi(Settings settings, Consumer<String> audit) {
    this(settings, audit, pods -> pods);
  }

  /**
   * With an audit log that goes there, and what is made of the cluster as its directory of pods.
   */
  TestNmi(Settings settings, Consumer<String> audit, UnaryOperator<PodDirectory> pods) {
    NmiOptions options =
        new NmiOptions(
            "n1",
            settings.http(),
            new NmiOptions.Metadata(settings.metadata().getHost(), settings.metadata().getPort()),
            RulesOptions.NONE,
            HOLDS,
            new NmiOptions.Identities(false, false, true, false),
            new NmiOptions.Exempt("default", "mic-account", false),
            EntraOptions.DEFAULT,
            100,
            0,
            0,
            null,
            null,
            LogFormat.TEXT,
            "");
    nmi =
        new Nmi(
            options,
            new Nmi.Ports(
                pods.apply(cluster),
                OperationMode.standard(cluster, Set::of, false),
                Exemptions.of(cluster),
                this::fetch,
                Map.of("pods", () -> synced),
                null,
                metrics,
                gate(),
                metadataClient()),
            clock,
            timer,
            settings.limits(),
            new Nmi.Logs(
                (line, more) -> log(line.toString()),
                (line, more) -> audit.accept(line.toString())));
    address = nmi.start();
  }

  private SourceGate gate() {
    return new SourceGate() {
      @Override
      public boolean admits(InetAddress source) {
        return !unpinned.contains(source.getHostAddress());
      }

      @Override
      public boolean isReady() {
        return unpinned.isEmpty();
      }
    };
  }

  /** The token source gives such tokens, or throws. */
  void tokens(Function<TokenQuery, AccessToken> newSource) {
    source = query -> List.of(newSource.apply(query));
  }

  /** The token source gives several at a time, as for an identity with auxiliary tenants. */
  void severalTokens(Function<TokenQuery, List<AccessToken>> newSource) {
    source = newSource;
  }

  /** The token source fails so. */
  void tokensFail(PodIdentityException error) {
    source =
        query -> {
          throw error;
        };
  }

  /** A connection from that address. */
  RawHttp from(String source) throws IOException {
    RawHttp http = RawHttp.connect(source, new InetSocketAddress(inet("127.0.0.1"), port()));
    connections.add(http);
    return http;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return address;
  }

  /** The port it listens on. */
  int port() {
    return address.getPort();
  }

  /** Adds a running pod with the binding's label. */
  Pod pod(String name, String podAddress) {
    return pod(name, podAddress, Map.of(IdentityBinding.POD_LABEL, "sel"));
  }

  Pod pod(String name, String podAddress, Map<String, String> labels) {
    Pod pod =
        new Pod(
            new NamespacedName("default", name),
            "uid-" + name,
            "n1",
            labels,
            Set.of(inet(podAddress)),
            PodPhase.RUNNING,
            false,
            false);
    cluster.putPod(pod);
    return pod;
  }

  /** Adds or replaces a record about a pod. */
  AssignedIdentity record(Pod pod, AzureIdentity identity, AssignmentState state) {
    AssignedIdentity record =
        new AssignedIdentity(
            new NamespacedName("default", pod.name().name() + "-default-" + identity.name().name()),
            "record-uid",
            "1",
            pod.name(),
            pod.uid(),
            "n1",
            identity,
            new IdentityBinding(
                new NamespacedName("default", "b-" + identity.name().name()),
                identity.name().name(),
                "sel"),
            state,
            false);
    cluster.putRecord(record);
    return record;
  }

  /** A user-assigned identity with a client ID that tells its name. */
  static AzureIdentity identity(String name) {
    return new AzureIdentity(
        new NamespacedName("default", name),
        "identity-uid-" + name,
        1,
        false,
        new Credential.ManagedIdentity(resourceId(name), clientId(name)));
  }

  static ClientId clientId(String name) {
    return new ClientId("7eb61ab4-0000-0000-0000-" + name);
  }

  static ResourceId resourceId(String name) {
    return ResourceId.of(
        "11111111-1111-1111-1111-111111111111",
        "group",
        "Microsoft.ManagedIdentity",
        "userAssignedIdentities",
        name);
  }

  /** A token whose value tells what it was asked for; it ends 86,399 s from now. */
  static AccessToken tokenFor(TokenQuery query) {
    String whose =
        query.subject() instanceof TokenQuery.Bound bound
            ? bound.identity().name().name()
            : "node:" + ((TokenQuery.OfNode) query.subject()).choice();
    return token("token-of-" + whose, query);
  }

  /** A token with that value; it ends 86,399 s from now. */
  static AccessToken token(String value, TokenQuery query) {
    return new AccessToken(value, NOW.plusSeconds(86399), NOW.minusSeconds(301), query.resource());
  }

  static InetAddress inet(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static HttpClient metadataClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .proxy(HttpClient.Builder.NO_PROXY)
        .build();
  }

  /** Requests that have no answer yet. */
  int inFlight() {
    return nmi.inFlight();
  }

  /** Connections that are open. */
  int connectionsOpen() {
    return nmi.connections();
  }

  /**
   * Waits until the first request from or for a pod that is not known waits. Three alarms are set
   * then: the end of its hold, and when the cluster may be asked again, at all and for that pod.
   */
  void awaitSearching() {
    Eventually.isTrue("the request waits for its pod", () -> timer.pending() == 3);
  }

  /** Stops it; connections stay open until {@link #close}. */
  void stop() {
    nmi.close();
  }

  @Override
  public void close() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    nmi.close();
  }

  private void log(String line) {
    accessLog.add(line);
    LoggerFactory.getLogger("io.podidentity.nmi.requests").info(line);
  }

  private List<AccessToken> fetch(TokenQuery query) {
    fetched.add(query);
    return source.apply(query);
  }
}
