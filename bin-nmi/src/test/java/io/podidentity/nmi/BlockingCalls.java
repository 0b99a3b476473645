package io.podidentity.nmi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * What keeps threads waiting while it is open, however short, as the JVM's flight recorder sees it:
 * a lock that another thread has, a wait, a sleep, files, and sockets.
 */
final class BlockingCalls implements AutoCloseable {
  private static final Set<String> SOCKETS = Set.of("jdk.SocketRead", "jdk.SocketWrite");
  private static final Set<String> OTHERS =
      Set.of(
          "jdk.JavaMonitorEnter",
          "jdk.JavaMonitorWait",
          "jdk.ThreadPark",
          "jdk.ThreadSleep",
          "jdk.FileRead",
          "jdk.FileWrite",
          "jdk.FileForce");

  private final Recording recording = new Recording();

  BlockingCalls() {
    SOCKETS.forEach(event -> recording.enable(event).withoutThreshold().withStackTrace());
    OTHERS.forEach(event -> recording.enable(event).withoutThreshold().withStackTrace());
    recording.start();
  }

  /**
   * Ends the recording.
   *
   * @param thread by its name
   * @return all that kept such threads waiting; not their reads and writes of channels that do not
   *     block, which are what an I/O thread is for, nor the coming and going of connections
   */
  List<RecordedEvent> of(Predicate<String> thread) throws IOException {
    recording.stop();
    Path file = Files.createTempFile("blocking-calls", ".jfr");
    try {
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getThread() != null)
          .filter(event -> thread.test(event.getThread().getJavaName()))
          .filter(event -> !isOfChannel(event) && !isOfWholeConnection(event))
          .toList();
    } finally {
      Files.delete(file);
    }
  }

  private static boolean isOfChannel(RecordedEvent event) {
    return SOCKETS.contains(event.getEventType().getName()) && isIn(event, "org.xnio.nio.");
  }

  /** One comes, or is counted out: no request is served there. */
  private static boolean isOfWholeConnection(RecordedEvent event) {
    return isIn(event, "org.xnio.nio.WorkerThread$SynchTask")
        || isIn(event, "org.xnio.nio.NioTcpServerHandle")
        || isOfWakeUp(event);
  }

  /** Who hands a connection over, or counts it out, wakes a selector, which has a lock for that. */
  private static boolean isOfWakeUp(RecordedEvent event) {
    return frames(event)
        .limit(1)
        .map(RecordedFrame::getMethod)
        .anyMatch(
            top ->
                top.getType().getName().startsWith("sun.nio.ch.")
                    && top.getName().equals("clearInterrupt"));
  }

  private static boolean isIn(RecordedEvent event, String type) {
    return frames(event).anyMatch(frame -> frame.getMethod().getType().getName().startsWith(type));
  }

  /** Without any, as the recorder has some events, one counts: nothing excuses it. */
  private static Stream<RecordedFrame> frames(RecordedEvent event) {
    RecordedStackTrace trace = event.getStackTrace();
    return trace == null ? Stream.empty() : trace.getFrames().stream();
  }

  @Override
  public void close() {
    recording.close();
  }
}
