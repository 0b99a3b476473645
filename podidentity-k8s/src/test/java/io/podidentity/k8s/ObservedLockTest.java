package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.podidentity.api.model.NamespacedName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process may be halted between its look at a lock and its write. */
final class ObservedLockTest {
  private static final Duration DURATION = Duration.ofSeconds(15);
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

  private final KubernetesMockServer server = new KubernetesMockServer(false);
  private final AtomicLong nanoTime = new AtomicLong();
  private KubernetesClient client;
  private ObservedLock<Lease> lock;

  @BeforeEach
  void start() {
    server.init();
    Config config = Config.empty();
    config.setMasterUrl(server.url("/"));
    client = KubernetesClients.create(config, "test", DURATION);
    lock =
        new ObservedLock<>(
            client,
            new LeaseLock(),
            new NamespacedName("default", "mic"),
            DURATION,
            Clock.systemUTC(),
            nanoTime::get);
    server.expect().get().withPath(LEASES + "/mic").andReturn(404, "{}").always();
    server.expect().post().withPath(LEASES).andReturn(409, "{}").always();
  }

  @AfterEach
  void end() {
    client.close();
    server.destroy();
  }

  @Test
  void writesWhatItHasSeenLately() {
    lock.look();
    nanoTime.addAndGet(DURATION.toNanos() / 2 - 1);

    assertThatThrownBy(() -> lock.hold("me", Instant.EPOCH)).hasMessageContaining("409");

    assertThat(server.getRequestCount()).as("the look and the write").isEqualTo(2);
  }

  @Test
  void doesNotWriteWhatItHasSeenTooLongAgo() {
    lock.look();
    nanoTime.addAndGet(DURATION.toNanos() / 2);

    assertThatThrownBy(() -> lock.hold("me", Instant.EPOCH)).hasMessageContaining("too long ago");

    assertThat(server.getRequestCount()).as("the look").isEqualTo(1);
  }
}
