package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.OperationMode;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.ImdsLimits;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** One pod floods a whole NMI, in real time, whose metadata service serves what it documents. */
class FloodTest {
  private static final String FLOODING = "127.0.0.2";
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";

  /** More of them than the queue lets one pod's requests wait, so that some are always free. */
  private static final int CONNECTIONS = 64;

  private static final int PER_SECOND = 1000;
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final int FIRST_TOKENS = 6;

  private final Logger requests = (Logger) LoggerFactory.getLogger("io.podidentity.nmi.requests");
  private final FakeAzure azure = new FakeAzure(Clock.systemUTC());
  private final FakeImds imds = startImds();
  private final InMemoryCluster cluster = new InMemoryCluster();
  private final Nmi nmi = nmi();
  private final InetSocketAddress address = nmi.start();
  private final AtomicInteger answered = new AtomicInteger();
  private final List<RawHttp> connections = new ArrayList<>();

  private FakeImds startImds() {
    azure.createCompute(MACHINE);
    FakeImds started = FakeImds.startFor(azure, MACHINE);
    started.limits(ImdsLimits.DOCUMENTED);
    return started;
  }

  private Nmi nmi() {
    URI uri = imds.uri();
    NmiCommandLine line = new NmiCommandLine(ProgramVersion.ofThisBuild("nmi"), any -> null);
    assertThat(
            line.parse(
                List.of(
                    "--node=n1",
                    "--nmi-port=0",
                    "--http-probe-port=0",
                    "--prometheus-port=0",
                    "--redirect=none",
                    "--metadata-ip=" + uri.getHost(),
                    "--metadata-port=" + uri.getPort()),
                System.out,
                System.err))
        .isEmpty();
    HttpClient client = HttpClients.local();
    return new Nmi(
        line.options(),
        new Nmi.Ports(
            cluster,
            OperationMode.standard(cluster, Set::of, false),
            Exemptions.of(cluster),
            new ImdsTokenSource(uri, Duration.ofSeconds(10), "test", client, Clock.systemUTC()),
            Map.of(),
            null,
            new NmiMetrics(),
            client),
        Clock.systemUTC());
  }

  @AfterEach
  void close() throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
    nmi.close();
    imds.close();
    requests.setLevel(null);
  }

  /** Where it answers at once, the second's twenty are spent in some ten milliseconds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 50})
  void oneWhoAsksAThousandTimesASecondSlowsNobodysFirstTokenByASecond(int latency)
      throws IOException {
    imds.latency(Duration.ofMillis(latency));
    requests.setLevel(Level.WARN);
    podWithIdentity("flood", FLOODING);
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    try {
      flood(pace);
      // For two seconds, and more than the metadata service serves in one.
      Eventually.isTrue("the flood is on", () -> answered.get() >= 2 * PER_SECOND);
      List<Duration> waits = new ArrayList<>();
      for (int pod = 0; pod < FIRST_TOKENS; pod++) {
        int served = imds.requests().all().size();
        // What it may have of a second, so that it has just spent that and is hungry.
        Eventually.isTrue(
            "the flood spends the budget", () -> imds.requests().all().size() >= served + 18);
        waits.add(firstToken(pod));
      }
      assertThat(waits).as("%s", waits).allMatch(wait -> wait.compareTo(BOUND) < 0);
    } finally {
      pace.shutdownNow();
    }
  }

  /** Each request for another resource, so that none is at hand. */
  private void flood(ScheduledExecutorService pace) throws IOException {
    Semaphore turns = new Semaphore(0);
    AtomicInteger sent = new AtomicInteger();
    for (int i = 0; i < CONNECTIONS; i++) {
      RawHttp connection = connect(FLOODING);
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    turns.acquire();
                    connection.get(TOKEN + sent.incrementAndGet(), METADATA).read();
                    answered.incrementAndGet();
                  }
                } catch (IOException | InterruptedException e) {
                  // The test is over.
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    var unused =
        pace.scheduleAtFixedRate(
            () -> turns.release(PER_SECOND / 100), 0, 10, TimeUnit.MILLISECONDS);
  }

  private Duration firstToken(int run) throws IOException {
    String source = "127.0.1." + (run + 1);
    podWithIdentity("first-" + run, source);
    RawHttp connection = connect(source);
    long start = System.nanoTime();
    RawHttp.Received reply = connection.get(TOKEN, METADATA).read();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return took;
  }

  private RawHttp connect(String source) throws IOException {
    RawHttp connection =
        RawHttp.connect(
            source, new InetSocketAddress(TestNmi.inet("127.0.0.1"), address.getPort()));
    connections.add(connection);
    return connection;
  }

  private void podWithIdentity(String name, String podAddress) {
    UserAssignedIdentity inAzure = azure.createIdentity(TestNmi.resourceId(name).value());
    azure.attach(MACHINE, inAzure);
    Pod pod =
        new Pod(
            new NamespacedName("default", name),
            "uid-" + name,
            "n1",
            Map.of(IdentityBinding.POD_LABEL, name),
            Set.of(TestNmi.inet(podAddress)),
            PodPhase.RUNNING,
            false,
            false);
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", name),
            "uid-of-" + name,
            1,
            false,
            new Credential.ManagedIdentity(
                TestNmi.resourceId(name), new ClientId(inAzure.clientId())));
    cluster.putPod(pod);
    cluster.putRecord(
        new AssignedIdentity(
            new NamespacedName("default", name),
            "record-uid",
            "1",
            pod.name(),
            pod.uid(),
            "n1",
            identity,
            new IdentityBinding(new NamespacedName("default", name), name, name),
            AssignmentState.ASSIGNED,
            false));
  }
}
