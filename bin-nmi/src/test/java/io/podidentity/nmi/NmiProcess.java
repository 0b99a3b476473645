package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a process of its own, ended with the test. */
final class NmiProcess implements AutoCloseable {
  private final Path errors;
  private final Process process;

  private NmiProcess(Path errors, Process process) {
    this.errors = errors;
    this.process = process;
  }

  /**
   * Starts the program, for the node n1 and without packet rules and a cluster.
   *
   * @param folder for what it writes
   */
  static NmiProcess start(Path folder, String... flags) throws IOException {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
        users: [{name: u, user: {token: t}}]
        """);
    List<String> all =
        new ArrayList<>(List.of("--node=n1", "--redirect=none", "--kubeconfig=" + kubeconfig));
    all.addAll(List.of(flags));
    return start(folder, NmiMain.class, all.toArray(String[]::new));
  }

  /** Starts a class that has a {@code main}. */
  static NmiProcess start(Path folder, Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("err");
    return new NmiProcess(
        errors,
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(errors.toFile())
            .start());
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Its exit code, when it has ended. */
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  /** What it has written to its standard error. */
  String errors() throws IOException {
    return Files.readString(errors);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** What a probe says: its status and its text; empty while nobody answers. */
  static String probe(int port, String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  static boolean isReady(int port) {
    return probe(port, "/readyz").startsWith("200 ");
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
