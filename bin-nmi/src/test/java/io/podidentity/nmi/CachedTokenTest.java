package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.harness.net.LoadClient;
import io.podidentity.harness.net.LoadClient.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that is in the cache is answered by the I/O thread, which waits for nothing. */
class CachedTokenTest {
  private static final int PODS = 8;
  private static final int EACH = 500;
  private static final AzureIdentity IDENTITY = TestNmi.identity("one");
  private static final String REQUEST =
      "GET " + TestNmi.TOKEN + " HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n\r\n";

  private final TestNmi nmi = new TestNmi();

  @TempDir Path folder;

  @AfterEach
  void close() throws IOException {
    nmi.close();
  }

  @Test
  void ioThreadMakesNoBlockingCall() throws IOException {
    // One alone never finds a lock taken.
    assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
    for (int i = 0; i < PODS; i++) {
      nmi.record(nmi.pod("web" + i, address(i)), IDENTITY, AssignmentState.ASSIGNED);
    }
    // The first ones fetch the token, and load classes from files.
    ask();

    try (BlockingCalls calls = new BlockingCalls()) {
      ask();

      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .filteredOn(CachedTokenTest::isIoThread)
          .as("who answers, by the name that is looked for")
          .hasSizeGreaterThanOrEqualTo(2);
      assertThat(calls.of(CachedTokenTest::isIoThread)).isEmpty();
    }
    assertThat(nmi.fetched).hasSize(1);
  }

  /** The test above could not fail otherwise. */
  @Test
  void blockingCallsWouldBeSeen() throws Exception {
    Object monitor = new Object();
    try (BlockingCalls calls = new BlockingCalls()) {
      probe("file", () -> write(folder.resolve("file"))).join();
      probe("park", () -> LockSupport.parkNanos(1)).join();
      Thread enters;
      synchronized (monitor) {
        enters = probe("monitor", () -> hold(monitor));
        Eventually.isTrue("it waits", () -> enters.getState() == Thread.State.BLOCKED);
      }
      enters.join();

      assertThat(calls.of(name -> name.startsWith("probe ")))
          .extracting(
              event -> event.getThread().getJavaName(), event -> event.getEventType().getName())
          .contains(
              tuple("probe file", "jdk.FileWrite"),
              tuple("probe park", "jdk.ThreadPark"),
              tuple("probe monitor", "jdk.JavaMonitorEnter"));
    }
  }

  private static boolean isIoThread(String name) {
    return name.startsWith("nmi I/O");
  }

  private static Thread probe(String name, Runnable doing) {
    Thread thread = new Thread(doing, "probe " + name);
    thread.start();
    return thread;
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "text");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void hold(Object monitor) {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  /** All pods at once, so that they would stand in each other's way. */
  private void ask() {
    LoadClient.run(
        IntStream.range(0, PODS)
            .mapToObj(
                i ->
                    new Connection(
                        TestNmi.inet(address(i)),
                        new InetSocketAddress(TestNmi.inet("127.0.0.1"), nmi.port()),
                        REQUEST))
            .toList(),
        EACH);
  }

  private static String address(int pod) {
    return "127.0.1." + (pod + 1);
  }
}
