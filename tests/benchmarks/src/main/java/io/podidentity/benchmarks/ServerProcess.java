package io.podidentity.benchmarks;

import io.podidentity.harness.net.LoadClient;
import io.podidentity.harness.net.LoadClient.Connection;
import io.podidentity.harness.net.LoadClient.Result;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A server in a JVM of its own, with the options that NMI ships with.
 *
 * @param port where it listens, on 127.0.0.1
 */
record ServerProcess(ManagedProcess process, int port) implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("listening port=(\\d+)");

  /**
   * Starts one and waits until it listens.
   *
   * @param jvmArguments NMI's file with options for the JVM
   */
  static ServerProcess start(Class<?> main, Path jvmArguments, List<String> arguments) {
    return start(main, command(main, jvmArguments, arguments));
  }

  /** The same in a namespace. */
  static ServerProcess startIn(
      NetworkNamespace namespace, Class<?> main, Path jvmArguments, List<String> arguments) {
    return start(main, namespace.inside(command(main, jvmArguments, arguments)));
  }

  private static Command command(Class<?> main, Path jvmArguments, List<String> arguments) {
    List<String> words = new ArrayList<>();
    // Its log goes to a file by itself: through this JVM it would cost the client what it measures.
    words.addAll(
        List.of("sh", "-c", "exec \"$@\" 2>target/" + main.getSimpleName() + ".log", "sh"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("@" + jvmArguments);
    words.addAll(List.of(System.getProperty("nmi.options", "").split(" ")));
    words.removeIf(String::isEmpty);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.addAll(arguments);
    return Command.of(words);
  }

  private static ServerProcess start(Class<?> main, Command command) {
    ManagedProcess process = command.start(main.getSimpleName());
    Matcher line = LISTENING.matcher(process.awaitLine(LISTENING, Duration.ofSeconds(30)));
    if (!line.find()) {
      throw new IllegalStateException("the line that matched matches no more");
    }
    return new ServerProcess(process, Integer.parseInt(line.group(1)));
  }

  /** The processor time that it has used so far. */
  Duration cpuTime() {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElseThrow();
  }

  /**
   * One round of requests.
   *
   * @param cpu what the server used meanwhile
   */
  record Measured(Result result, Duration cpu) {
    double cpuMicros() {
      return cpu.toNanos() / 1e3 / result.count();
    }
  }

  /** Has each of so many pods send so many requests, one after the other. */
  Measured measure(String request, int pods, int each) {
    Duration before = cpuTime();
    Result result =
        LoadClient.run(
            IntStream.range(0, pods)
                .mapToObj(i -> new Connection(BenchNode.address(i), target(), request))
                .toList(),
            each);
    return new Measured(result, cpuTime().minus(before));
  }

  InetSocketAddress target() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    process.close();
  }
}
