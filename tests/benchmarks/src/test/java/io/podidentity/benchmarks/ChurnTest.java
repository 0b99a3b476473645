package io.podidentity.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.Credential.ServicePrincipal;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An hour of pods, identities and tenants that come and go, in seconds: the broker, its cache and
 * its queue keep nothing of those that went.
 */
class ChurnTest {
  private static final int MINUTES = 60;
  private static final int PODS_A_SECOND = 10;
  private static final int PODS_THAT_LIVE = 100;
  private static final long MIB = 1 << 20;

  /** The noise of the JVM's own, such as compiled code's data. */
  private static final long TOLERANCE = 2 * MIB;

  private final BenchBroker bench = new BenchBroker();

  @Test
  void heapIsFlatOverAnHour() throws IOException {
    List<String> lines = new ArrayList<>();
    List<Long> heaps = new ArrayList<>();
    int pod = 0;
    for (int minute = 1; minute <= MINUTES; minute++) {
      for (int i = 0; i < 60 * PODS_A_SECOND; i++) {
        if (i % PODS_A_SECOND == 0) {
          bench.timer.advance(Duration.ofSeconds(1));
        }
        come(pod);
        go(pod - PODS_THAT_LIVE);
        pod++;
      }
      if (minute % 10 == 0) {
        heaps.add(usedHeap());
        lines.add(
            String.format(
                Locale.ROOT,
                "  after %d minutes, %,d pods: %.1f MiB",
                minute,
                pod,
                heaps.get(heaps.size() - 1) / (double) MIB));
      }
    }
    lines.add(0, "heap under churn, 10 new pods, identities and tenants a second");
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target", "churn.txt"), lines);

    // The cache is full by the first figure.
    assertThat(heaps.get(heaps.size() - 1)).isLessThan(heaps.get(0) + TOLERANCE);
  }

  private void come(int i) {
    Pod pod =
        new Pod(
            new NamespacedName("bench", "pod" + i),
            "uid-of-pod" + i,
            BenchNode.NAME,
            Map.of(IdentityBinding.POD_LABEL, "selector"),
            Set.of(address(i)),
            PodPhase.RUNNING,
            false,
            false);
    bench.cluster.putPod(pod);
    bench.cluster.putRecord(
        new AssignedIdentity(
            recordOf(i),
            "uid-of-record" + i,
            "1",
            pod.name(),
            pod.uid(),
            BenchNode.NAME,
            new AzureIdentity(
                new NamespacedName("bench", "identity" + i),
                "uid-of-identity" + i,
                1,
                false,
                credential(i)),
            new IdentityBinding(
                new NamespacedName("bench", "binding" + i), "identity" + i, "selector"),
            AssignmentState.ASSIGNED,
            false));
    assertThat(bench.broker.request(BenchBroker.request(address(i))).join().tokens()).hasSize(1);
  }

  private void go(int i) {
    if (i >= 0) {
      bench.cluster.deletePod(new NamespacedName("bench", "pod" + i));
      bench.cluster.deleteRecord(recordOf(i));
    }
  }

  private static NamespacedName recordOf(int i) {
    return new NamespacedName("default", "record" + i);
  }

  /** Every other one is a service principal of a tenant of its own. */
  private static Credential credential(int i) {
    ClientId client = new ClientId("client" + i);
    return i % 2 == 0
        ? new Credential.ManagedIdentity(BenchNode.identityId(i), client)
        : new Credential.ClientSecret(
            new ServicePrincipal(
                "tenant" + i, client, new NamespacedName("bench", "secret" + i), List.of(), null));
  }

  private static InetAddress address(int i) {
    try {
      return InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static long usedHeap() {
    // Twice: what one collection finds unreachable may be freed by the next.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
