package io.podidentity.bin.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * What the process uses, under the names that Prometheus' client libraries have for it. Read from
 * Linux when somebody scrapes, without the classes of the JVM's own management.
 */
public final class ProcessMetrics {
  private static final Path PROC = Path.of("/proc/self");
  private static final double UNKNOWN = Double.NaN;
  private static final double NANOS = 1e9;

  private ProcessMetrics() {}

  /** Adds them. */
  public static void addTo(MetricRegistry registry) {
    registry.counted(
        "process_cpu_seconds_total",
        "Total user and system CPU time spent in seconds.",
        ProcessMetrics::cpuSeconds);
    registry.gauge(
        "process_open_fds", "Number of open file descriptors.", ProcessMetrics::openFiles);
    registry.gauge(
        "process_resident_memory_bytes",
        "Resident memory size in bytes.",
        ProcessMetrics::residentBytes);
    registry.gauge(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        ProcessMetrics::startSeconds);
  }

  private static double cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(Duration::toNanos)
        .map(nanos -> nanos / NANOS)
        .orElse(UNKNOWN);
  }

  private static double startSeconds() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(Instant::toEpochMilli)
        .map(millis -> millis / 1000.0)
        .orElse(UNKNOWN);
  }

  private static double openFiles() {
    try (Stream<Path> files = Files.list(PROC.resolve("fd"))) {
      return files.count();
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static double residentBytes() {
    try (Stream<String> lines = Files.lines(PROC.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
