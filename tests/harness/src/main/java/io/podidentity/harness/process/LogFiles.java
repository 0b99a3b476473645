package io.podidentity.harness.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the output of processes is kept: the folder named by the system property {@value
 * #PROPERTY}, else {@code target/process-logs} of the Maven module under test, else a folder in the
 * JVM's temporary one.
 */
final class LogFiles {

  static final String PROPERTY = "podidentity.processLogs.dir";

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private LogFiles() {}

  static Path next(String label) {
    Path folder = folder();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("making the log folder " + folder, e);
    }
    long jvm = ProcessHandle.current().pid();
    return folder.resolve(label + "-" + jvm + "-" + NUMBER.incrementAndGet() + ".log");
  }

  private static Path folder() {
    String configured = System.getProperty(PROPERTY);
    if (configured != null && !configured.isBlank()) {
      return Path.of(configured);
    }
    Path target = Path.of("target");
    return Files.isDirectory(target)
        ? target.resolve("process-logs").toAbsolutePath()
        : Path.of(System.getProperty("java.io.tmpdir"), "podidentity-process-logs");
  }
}
