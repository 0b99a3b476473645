package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.podidentity.harness.Await;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A candidate tries every moment, for as long as the API server is away. */
final class LeaderElectionLogTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PATH =
      "/apis/coordination.k8s.io/v1/namespaces/default/leases/aad-pod-identity-mic";

  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event.getFormattedMessage());
        }
      };
  private KubernetesClient client;
  private LeaderElection election;

  @BeforeEach
  void start() {
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    client = KubernetesClients.create(config, "test", Duration.ofSeconds(15));
    election =
        new LeaderElection(
            client,
            new LeaderElection.Settings(
                "default", "aad-pod-identity-mic", "me", Duration.ofSeconds(15), false),
            Clock.systemUTC(),
            System::nanoTime,
            executor,
            () -> {},
            () -> {});
    appender.start();
    logger().addAppender(appender);
  }

  @AfterEach
  void end() {
    election.close();
    executor.shutdownNow();
    logger().detachAppender(appender);
    client.close();
    server.destroy();
  }

  @Test
  void triesThatFailAlikeAreOneLineThatSaysWhatToGrant() {
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/ : what no role permits
    server.expect().get().withPath(PATH).andReturn(401, "{}").times(3);
    server.expect().get().withPath(PATH).andReturn(403, "{}").always();

    election.start();
    Await.until("what lasts", SOON, () -> logged.size() >= 2);
    int tries = server.getRequestCount();
    Await.until("three more", SOON, () -> server.getRequestCount() >= tries + 3);

    assertThat(logged)
        .containsExactly(
            line("the API server does not accept the service account's token (status 401)"),
            line(
                "not permitted (status 403); grant get on leases.coordination.k8s.io, as"
                    + " deploy/rbac does"));
  }

  @Test
  void serverThatIsNotThereIsNotSaidToHaveAnswered() {
    server.shutdown();

    election.start();

    Await.until("a line", SOON, () -> !logged.isEmpty());
    assertThat(logged.get(0)).contains(": the API server cannot be reached: ");
  }

  @Test
  void anotherThatWasSoonerIsNoLine() {
    server.expect().get().withPath(PATH).andReturn(409, "{}").always();

    election.start();
    Await.until("three tries", SOON, () -> server.getRequestCount() >= 3);

    assertThat(logged).isEmpty();
  }

  private static String line(String problem) {
    return "cannot get or renew the lease, trying on: get leases.coordination.k8s.io"
        + " default/aad-pod-identity-mic: "
        + problem;
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(LeaderElection.class);
  }
}
