package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.io.IOException;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeShareTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> done = new ArrayList<>();
  private int port;

  @BeforeEach
  void findPort() throws IOException {
    try (DatagramSocket free = new DatagramSocket(0, TestNmi.inet("127.0.0.1"))) {
      port = free.getLocalPort();
    }
  }

  @Test
  void onlyTheLastOneIsAlone() {
    NodeShare one = NodeShare.take(port, PATIENCE, () -> done.add("waits"));
    NodeShare other = NodeShare.take(port, PATIENCE, () -> done.add("waits"));
    one.close();
    assertThat(NodeShare.doAlone(port, () -> done.add("one"))).isFalse();
    other.close();
    assertThat(NodeShare.doAlone(port, () -> done.add("other"))).isTrue();
    assertThat(NodeShare.doAlone(port, () -> done.add("again"))).isTrue();
    assertThat(done).containsExactly("other", "again");
  }

  @Test
  void newcomerWaitsForARemovalAndDoesWhatComesFirst() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    List<CompletableFuture<NodeShare>> newcomer = new ArrayList<>();
    boolean alone =
        NodeShare.doAlone(
            port,
            () -> {
              newcomer.add(
                  CompletableFuture.supplyAsync(
                      () -> NodeShare.take(port, PATIENCE, waits::countDown)));
              awaitUninterrupted(waits);
              assertThat(newcomer.get(0)).isNotDone();
            });
    assertThat(alone).isTrue();
    try (NodeShare share = newcomer.get(0).get(30, TimeUnit.SECONDS)) {
      assertThat(share).isNotNull();
      assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isFalse();
    }
    assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isTrue();
  }

  /** As where the programs that remove wait for a lock. */
  @Test
  void newcomerThatLosesItsPatienceHasAShareAfterTheRemovalAndWritesAgain() throws Exception {
    Semaphore written = new Semaphore(0);
    List<NodeShare> newcomer = new ArrayList<>();
    boolean alone =
        NodeShare.doAlone(
            port,
            () -> {
              newcomer.add(NodeShare.take(port, Duration.ofMillis(50), written::release));
              assertThat(written.drainPermits()).isOne();
            });
    assertThat(alone).isTrue();
    try (NodeShare share = newcomer.get(0)) {
      assertThat(share).isNotNull();
      // What the removal took away.
      assertThat(written.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
      assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isFalse();
    }
    assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isTrue();
    assertThat(written.availablePermits()).isZero();
  }

  @Test
  void newcomerThatIsClosedDuringARemovalWritesNothingMore() {
    Semaphore written = new Semaphore(0);
    boolean alone =
        NodeShare.doAlone(
            port, () -> NodeShare.take(port, Duration.ofMillis(50), written::release).close());
    assertThat(alone).isTrue();
    Await.until("nobody tries", Duration.ofSeconds(30), () -> !isTrying());
    assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isTrue();
    assertThat(written.availablePermits()).isOne();
  }

  private static boolean isTrying() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("share-"));
  }

  @Test
  void portThatSomebodyElseHasDoesNotKeepItFromStarting() throws IOException {
    try (DatagramSocket foreign = new DatagramSocket(port, TestNmi.inet("127.0.0.1"));
        NodeShare none = NodeShare.take(port, Duration.ofMillis(50), () -> done.add("first"))) {
      assertThat(foreign.isBound()).isTrue();
      assertThat(none).isNotNull();
      assertThat(done).containsExactly("first");
      // In doubt the rules stay.
      assertThat(NodeShare.doAlone(port, () -> done.add("removed"))).isFalse();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
