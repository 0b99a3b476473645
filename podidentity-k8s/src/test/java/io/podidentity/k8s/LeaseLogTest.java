package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A candidate tries every few seconds, for as long as the API server is away. */
final class LeaseLogTest {
  private static final String PATH =
      "/apis/coordination.k8s.io/v1/namespaces/default/leases/aad-pod-identity-mic";

  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final ObservedLeaseLock lock =
      new ObservedLeaseLock(
          "default", "aad-pod-identity-mic", "me", Duration.ofSeconds(15), Clock.systemUTC());
  private KubernetesClient client;

  @BeforeEach
  void start() {
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    client = KubernetesClients.create(config, "test", Duration.ofSeconds(15));
    logged.start();
    logger().addAppender(logged);
  }

  @AfterEach
  void end() {
    logger().detachAppender(logged);
    client.close();
    server.destroy();
  }

  @Test
  void triesThatFailAlikeAreOneLine() {
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/ : what no role permits
    server.expect().get().withPath(PATH).andReturn(403, "{}").times(5);
    server.expect().get().withPath(PATH).andReturn(401, "{}").once();

    for (int i = 0; i < 6; i++) {
      assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
    }

    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(line(403), line(401));
  }

  @Test
  void serverThatIsNotThereIsNotSaidToHaveAnswered() {
    server.shutdown();

    assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);

    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("problem=the API server cannot be reached: ");
  }

  @Test
  void anotherThatWasSoonerIsNoLine() {
    server.expect().get().withPath(PATH).andReturn(409, "{}").once();

    assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);

    assertThat(logged.list).isEmpty();
  }

  private static String line(int status) {
    return "cannot get or renew the lease, trying on: lease=aad-pod-identity-mic problem=the API"
        + " server answered with status "
        + status;
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ObservedLeaseLock.class);
  }
}
