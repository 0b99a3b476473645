package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.nmi.RawHttp.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Azure's SDKs ask without the header to find out whether there is a metadata service, and take it
 * for absent after a second (azure-sdk-for-go's pull request 22676). Whatever else hangs, they are
 * answered.
 */
final class ProbeTest {
  private static final String PROBING = "127.0.0.9";

  /** In the pull request above. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** More than there are threads for fetches. */
  private static final int FETCHING = 12;

  private static final int SEARCHING = 12;
  private static final int HELD = 12;

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger lookedUp = new AtomicInteger();
  private final AtomicInteger blocked = new AtomicInteger();
  private final TestNmi nmi =
      new TestNmi(TestNmi.Settings.DEFAULT, line -> {}, pods -> new Unanswering(pods));
  private final List<RawHttp> hanging = new ArrayList<>();

  @BeforeEach
  void hangAllElse() throws IOException {
    nmi.tokens(
        query -> {
          blocked.incrementAndGet();
          await();
          return TestNmi.token("late", query);
        });
    for (int i = 0; i < FETCHING; i++) {
      String address = "127.0.1." + (1 + i);
      nmi.record(
          nmi.pod("fetching-" + i, address), TestNmi.identity("id" + i), AssignmentState.ASSIGNED);
      ask(address);
    }
    for (int i = 0; i < HELD; i++) {
      String address = "127.0.2." + (1 + i);
      nmi.record(
          nmi.pod("held-" + i, address), TestNmi.identity("id" + i), AssignmentState.CREATED);
      ask(address);
    }
    for (int i = 0; i < SEARCHING; i++) {
      ask("127.0.3." + (1 + i));
    }
    Eventually.isTrue(
        "all wait, as many as can be in the token service",
        () -> nmi.inFlight() == FETCHING + HELD + SEARCHING && blocked.get() == 5);
    // A request is counted before its own look-ups, of which nothing tells that they are over.
    int[] quiet = {0, lookedUp.get()};
    Eventually.isTrue(
        "nothing has been looked up fifty times in a row",
        () -> {
          int now = lookedUp.get();
          quiet[0] = now == quiet[1] ? quiet[0] + 1 : 0;
          quiet[1] = now;
          return quiet[0] == 50;
        });
  }

  @AfterEach
  void stop() throws IOException {
    end.countDown();
    nmi.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TestNmi.TOKEN,
        "/metadata/identity/oauth2/token",
        "//metadata/identity/oauth2/token/?" + TestNmi.RESOURCE,
        "/metadata/instance/compute?api-version=2021-02-01",
        "/metadata/scheduledevents?api-version=2020-07-01",
        "/metadata/versions",
      })
  void requestWithoutTheHeaderIsAnsweredWhateverHangs(String target) throws IOException {
    int lookUps = lookedUp.get();
    List<Duration> took = new ArrayList<>();
    // More than one for each of the threads that read requests.
    for (int i = 0; i < 8; i++) {
      RawHttp probing = nmi.from(PROBING);
      long start = System.nanoTime();
      Received reply = probing.get(target).read();
      took.add(Duration.ofNanos(System.nanoTime() - start));

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("metadata-header-missing");
    }
    assertThat(lookedUp.get()).as("look-ups, of pods and of anything else").isEqualTo(lookUps);
    assertThat(took).allMatch(each -> each.compareTo(PATIENCE) < 0, "less than SDKs wait");
    assertThat(took).as("a busy machine may spoil one").anyMatch(each -> each.toMillis() < 20);
    // One that was answered is counted until its bytes have left.
    Eventually.isTrue("what hangs, hangs", () -> nmi.inFlight() == hanging.size());
  }

  @Test
  void itIsTheMissingHeaderThatNeedsNoLookUp() throws IOException {
    int lookUps = lookedUp.get();
    RawHttp probing = nmi.from(PROBING).get(TestNmi.TOKEN, TestNmi.METADATA);

    Eventually.isTrue("looked up", () -> lookedUp.get() > lookUps);
    end.countDown();
    nmi.stop();
    assertThat(probing.read().status()).isEqualTo(503);
  }

  private void ask(String source) throws IOException {
    hanging.add(nmi.from(source).get(TestNmi.TOKEN, TestNmi.METADATA));
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lists are never answered, and who looks for the one that probes does not come back. */
  private final class Unanswering implements PodDirectory {
    private final PodDirectory pods;

    Unanswering(PodDirectory pods) {
      this.pods = pods;
    }

    @Override
    public List<Pod> byAddress(InetAddress address) {
      lookedUp.incrementAndGet();
      if (address.getHostAddress().equals(PROBING)) {
        await();
      }
      return pods.byAddress(address);
    }

    @Override
    public Optional<Pod> byName(NamespacedName name) {
      lookedUp.incrementAndGet();
      return pods.byName(name);
    }

    @Override
    public Subscription onChange(InetAddress address, Runnable wake) {
      lookedUp.incrementAndGet();
      return pods.onChange(address, wake);
    }

    @Override
    public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
      lookedUp.incrementAndGet();
      return pods.onChangeOf(pod, wake);
    }

    @Override
    public CompletableFuture<List<Pod>> list() {
      lookedUp.incrementAndGet();
      return new CompletableFuture<>();
    }
  }
}
