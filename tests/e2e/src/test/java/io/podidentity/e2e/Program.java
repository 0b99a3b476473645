package io.podidentity.e2e;

import io.podidentity.e2e.PodImage.Mount;
import io.podidentity.harness.Await;
import io.podidentity.harness.Cleanup;
import io.podidentity.harness.Folders;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MIC or one NMI: the distribution's start script with its flags, or a container of its image, in
 * its namespace, which a test may end and start again.
 */
final class Program implements AutoCloseable {

  private static final Duration ACTIVE = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration TRAINED = Duration.ofMinutes(2);

  /** The flag with which an NMI needs no {@code NET_RAW}. */
  static final String OF_NFT = "--iptables-backend=nft";

  private final NetworkNamespace namespace;
  private final String label;
  private final int probePort;
  private final Command command;
  private @Nullable ManagedProcess process;

  private Program(NetworkNamespace namespace, String label, int probePort, Command command) {
    this.namespace = namespace;
    this.label = label;
    this.probePort = probePort;
    // The JDK that runs the tests, whatever is first on the PATH.
    this.command = command.withEnvironment("JAVA_HOME", System.getProperty("java.home"));
  }

  /**
   * MIC, with the settings of a cluster whose machine has a managed identity, and a kubeconfig.
   *
   * @param instance its name, among all that may lead
   * @param probePort another one for each on the same network
   */
  static Program mic(
      NetworkNamespace namespace,
      String instance,
      int probePort,
      Path kubeconfig,
      SimulatedAzureProcess azure) {
    Command command =
        mic(
            kubeconfig,
            azure,
            List.of(
                "-leader-election-instance=" + instance,
                "-http-probe-port=" + probePort,
                // As v1: what a test removes, it sees go.
                "-detach-delay=0s",
                "-logtostderr",
                "-v=2"));
    return new Program(namespace, instance, probePort, command);
  }

  /** One of MIC's commands: {@code plan} or {@code drain}. */
  static CommandResult micCommand(
      NetworkNamespace namespace,
      Path kubeconfig,
      SimulatedAzureProcess azure,
      List<String> words) {
    Command command = mic(kubeconfig, azure, words);
    return namespace
        .inside(command.withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .run();
  }

  /**
   * One of NMI's commands, {@code explain} or {@code doctor}, to its end.
   *
   * @param prefix words that start it, or none
   */
  static CommandResult nmiCommand(
      NetworkNamespace namespace,
      Path kubeconfig,
      SimulatedAzureProcess azure,
      List<String> words,
      List<String> prefix) {
    List<String> flags = new ArrayList<>(words);
    flags.add("--kubeconfig=" + kubeconfig);
    flags.add("--cloud=AzureStackCloud");
    Command command =
        PodImage.inUse()
            ? PodImage.of("nmi")
                .container(
                    ChartSecurity.nmi(),
                    flags,
                    cloud(azure),
                    List.of(Mount.of(kubeconfig), Mount.of(azure.folder()), lock()))
            : with(cloud(azure), Command.of(ProjectFiles.program("nmi")).withArguments(flags));
    return namespace
        .inside(
            command
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .withPrefix(prefix))
        .run();
  }

  private static Command mic(Path kubeconfig, SimulatedAzureProcess azure, List<String> words) {
    List<String> flags = new ArrayList<>(words);
    flags.add("-kubeconfig=" + kubeconfig);
    flags.add("-cloudconfig=" + azure.file("azure.json"));
    Map<String, String> environment = new HashMap<>(cloud(azure));
    environment.put("MIC_POD_NAMESPACE", "default");
    if (PodImage.inUse()) {
      // A command has words before its flags; it runs as MIC does where no file of the node is
      // read.
      boolean isCommand = !words.get(0).startsWith("-");
      return PodImage.of("mic")
          .container(
              isCommand ? ChartSecurity.micWithSecret() : ChartSecurity.mic(),
              flags,
              environment,
              List.of(Mount.of(kubeconfig), Mount.of(azure.folder())));
    }
    return with(environment, Command.of(ProjectFiles.program("mic")).withArguments(flags));
  }

  /**
   * NMI of a node, as a pod of the DaemonSet that has the node's network, in the cloud that the
   * simulated Azure is.
   */
  static Program nmi(
      TestNode node,
      InClusterAccount account,
      SimulatedAzureProcess azure,
      List<String> moreFlags) {
    return nmi(ProjectFiles.program("nmi"), node, account, azure, moreFlags);
  }

  /** The same, while an ahead-of-time cache is made of what it does; it is there when it ends. */
  static Program nmiInTraining(
      TestNode node,
      InClusterAccount account,
      SimulatedAzureProcess azure,
      List<String> moreFlags) {
    return nmi(ProjectFiles.program("nmi") + "-train", node, account, azure, moreFlags);
  }

  private static Program nmi(
      String script,
      TestNode node,
      InClusterAccount account,
      SimulatedAzureProcess azure,
      List<String> moreFlags) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--node=" + node.name(),
                "--http-probe-port=8085",
                "--metadata-header-required",
                "--enableScaleFeatures=true",
                "--cloud=AzureStackCloud",
                "--logtostderr"));
    flags.addAll(moreFlags);
    Path cniResults = node.network().cniResults().folder();
    Command command =
        PodImage.inUse()
            ? nmiImage(security(flags), account, azure, cniResults, flags)
            : with(
                cloud(azure),
                account
                    .inPod(Command.of(script).withArguments(flags))
                    .withPrefix(List.of("sh", "-ec", CNI_RESULTS, "sh", cniResults.toString())));
    return new Program(node.network().namespace(), "nmi-" + node.name(), 8085, command);
  }

  /** What the chart makes of such flags. */
  private static ChartSecurity security(List<String> flags) {
    return flags.contains(OF_NFT) ? ChartSecurity.nmiOfNft() : ChartSecurity.nmi();
  }

  private static Command nmiImage(
      ChartSecurity security,
      InClusterAccount account,
      SimulatedAzureProcess azure,
      Path cniResults,
      List<String> flags) {
    Map<String, String> environment = new HashMap<>(cloud(azure));
    environment.putAll(InClusterAccount.environment());
    return PodImage.of("nmi")
        .container(
            security,
            flags,
            environment,
            List.of(
                Mount.of(azure.folder()),
                new Mount(account.folder(), "/run/secrets/kubernetes.io/serviceaccount"),
                new Mount(cniResults, "/var/lib/cni/cache/results"),
                lock()));
  }

  /** The lock of iptables, which is a file of the node. */
  private static Mount lock() {
    Path folder = Folders.temporary("lock");
    Cleanup.atExit(() -> Folders.delete(folder));
    try {
      return new Mount(Files.createFile(folder.resolve("xtables.lock")), "/run/xtables.lock");
    } catch (IOException e) {
      throw new UncheckedIOException("making a lock in " + folder, e);
    }
  }

  /** In a mount namespace of its own, as {@link InClusterAccount}'s. */
  private static final String CNI_RESULTS =
      """
      mount -t tmpfs tmpfs /var/lib
      mkdir -p /var/lib/cni/cache
      ln -s "$1" /var/lib/cni/cache/results
      shift
      exec "$@"
      """;

  private static Map<String, String> cloud(SimulatedAzureProcess azure) {
    return Map.of(
        "AZURE_ENVIRONMENT_FILEPATH",
        azure.file("azure-environment.json").toString(),
        "SSL_CERT_FILE",
        azure.file("ca.pem").toString(),
        // As in an image: what a developer's machine has there is none of the program's business.
        "SSL_CERT_DIR",
        "");
  }

  private static Command with(Map<String, String> environment, Command command) {
    Command all = command;
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      all = all.withEnvironment(variable.getKey(), variable.getValue());
    }
    return all;
  }

  /** Starts it; it does its work after {@link #awaitActive()}. */
  ManagedProcess start() {
    if (process != null && process.isAlive()) {
      throw new HarnessException(label + " is running");
    }
    ManagedProcess started = namespace.inside(command).start(label);
    process = started;
    return started;
  }

  /** Starts it again, as a kubelet does, if it has ended by itself; waits until it is at work. */
  void startAgainIfItEnded() {
    if (!process().isAlive()) {
      start();
    }
    awaitActive();
  }

  /** What v1's probe says: whether it is {@code Active} or {@code Not Active}. */
  String health() {
    return Curl.in(namespace)
        .withTimeout(Duration.ofSeconds(5))
        .request("http://127.0.0.1:" + probePort + "/healthz")
        .body();
  }

  /** Waits until it says, as v1 does, that it is at work. */
  void awaitActive() {
    awaitHealth("Active");
  }

  /** Waits until its probe says that. */
  void awaitHealth(String health) {
    try {
      Await.until(label + " is " + health, ACTIVE, () -> isRunning() && health.equals(health()));
    } catch (HarnessException e) {
      throw new HarnessException(e.getMessage() + "\nits log ends:\n" + process().tail(), e);
    }
  }

  ManagedProcess process() {
    if (process == null) {
      throw new HarnessException(label + " was not started");
    }
    return process;
  }

  /** Ends it as Kubernetes does: TERM, and time to end by itself. */
  int stop() {
    return process().stop(STOP);
  }

  /** The same for one in training, which makes the cache then. */
  int stopTraining() {
    return process().stop(TRAINED);
  }

  void kill() {
    process().kill();
  }

  /** Kills it, if it runs. */
  @Override
  public void close() {
    kill();
  }

  private boolean isRunning() {
    if (!process().isAlive()) {
      throw new IllegalStateException(label + " ended; its log ends:\n" + process().tail());
    }
    return true;
  }
}
