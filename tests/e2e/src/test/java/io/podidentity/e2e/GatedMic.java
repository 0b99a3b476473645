package io.podidentity.e2e;

import io.podidentity.harness.Folders;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.process.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/** A MIC, as it ships, whose every write to Kubernetes and to Azure passes a gate of its own. */
final class GatedMic implements AutoCloseable {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final String name;
  private final Gate gate = new Gate();
  private final GateProxy kubernetes;
  private final GateProxy arm;
  private final Path folder = Folders.temporary("gated-mic");
  private final ManagedProcess process;

  /**
   * Starts it.
   *
   * @param flags besides those that say where everything is
   */
  GatedMic(String name, MicWorld world, String... flags) {
    this.name = name;
    this.kubernetes =
        new GateProxy(ServerSocketFactory.getDefault(), world.apiUri(), MicWorld.trustsAll(), gate);
    this.arm =
        new GateProxy(
            world.serverContext().getServerSocketFactory(),
            world.armUri(),
            MicWorld.trustsAll(),
            gate);
    try {
      Path kubeconfig = folder.resolve("kubeconfig");
      Files.writeString(kubeconfig, world.kubeconfig("http://127.0.0.1:" + kubernetes.port()));
      Path environment = folder.resolve("azure-environment.json");
      Files.writeString(environment, world.environment("https://127.0.0.1:" + arm.port()));
      List<String> command =
          new ArrayList<>(
              List.of(
                  ProjectFiles.program("mic"),
                  "-kubeconfig=" + kubeconfig,
                  "-cloudconfig=" + world.azureJson(),
                  "-leader-election-instance=" + name,
                  "-http-probe-port=0",
                  "-prometheus-port=0",
                  "-coalescing-window=0s"));
      command.addAll(List.of(flags));
      this.process =
          Command.of(command)
              .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
              .withEnvironment("AZURE_ENVIRONMENT_FILEPATH", environment.toString())
              .withEnvironment("SSL_CERT_FILE", world.caPem().toString())
              .withEnvironment("SSL_CERT_DIR", "")
              .start(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  Gate gate() {
    return gate;
  }

  /** Keeps from it what its open watches of pods tell from now on. */
  void holdPods() {
    if (kubernetes.hold("/api/v1/pods?") != 1) {
      throw new IllegalStateException("not one watch of pods is open");
    }
  }

  ManagedProcess process() {
    return process;
  }

  /** Waits until it leads, or has seen who does. */
  GatedMic awaitStanding() {
    process.awaitLine(Pattern.compile("leader: lease="), SOON);
    return this;
  }

  void kill() {
    process.signal(Signal.KILL);
    process.awaitExit(SOON);
    gate.drop();
  }

  @Override
  public void close() {
    process.kill();
    gate.drop();
    kubernetes.close();
    arm.close();
    Folders.delete(folder);
  }
}
