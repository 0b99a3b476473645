package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.ManagedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The containers of a pod of the chart, without containers: the program that its image holds, with
 * the arguments, the environment and the service account of the pod, in its network. Its init
 * containers run first. Images of v1 hold nothing: their pods are ready at once, and do nothing.
 *
 * <p>Mounted files are the machine's own, at the same paths; users and capabilities are not
 * changed.
 */
final class PodProcess implements AutoCloseable {

  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration PROBE = Duration.ofSeconds(2);

  /** A container has processes of its own, of which its program is the first. */
  private static final String FIRST_PROCESS =
      """
      mount --bind "/proc/$1" /proc/1
      shift
      exec "$@"
      """;

  private final Pod pod;
  private final @Nullable PodNetwork network;
  private final NetworkNamespace namespace;
  private final String address;
  private final @Nullable Command command;
  private @Nullable ManagedProcess process;

  private PodProcess(
      Pod pod, TestNode node, @Nullable PodNetwork network, @Nullable InClusterAccount account) {
    this.pod = pod;
    this.network = network;
    this.namespace = network == null ? node.network().namespace() : network.namespace();
    this.address = network == null ? node.network().address() : network.address();
    this.command = account == null ? null : command(container(), account);
    if (account != null) {
      for (Container init : pod.getSpec().getInitContainers()) {
        namespace.inside(command(init, account)).output();
      }
      restart();
    }
  }

  /** Starts its main container, once its init containers have ended well. */
  static PodProcess start(Pod pod, TestNode node, KubeApiServer api) {
    PodNetwork network =
        Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
            ? null
            : node.network().addPod(pod.getMetadata().getName());
    boolean ofV1 = pod.getSpec().getContainers().get(0).getImage().contains("mcr.microsoft.com/");
    InClusterAccount account =
        ofV1
            ? null
            : InClusterAccount.ofPod(
                api,
                pod.getMetadata().getNamespace(),
                pod.getSpec().getServiceAccountName(),
                pod.getMetadata().getName());
    return new PodProcess(pod, node, network, account);
  }

  void restart() {
    if (command != null) {
      process = namespace.inside(command).start(pod.getMetadata().getName());
    }
  }

  String name() {
    return pod.getMetadata().getName();
  }

  String address() {
    return address;
  }

  Optional<Path> log() {
    return Optional.ofNullable(process).map(ManagedProcess::log);
  }

  /** Empty while it runs. */
  OptionalInt exitCode() {
    return process == null || process.isAlive()
        ? OptionalInt.empty()
        : OptionalInt.of(process.awaitExit(STOP));
  }

  /** What its readiness probe says; true without one. */
  boolean isReady() {
    Probe probe = container().getReadinessProbe();
    if (process == null || probe == null) {
      return true;
    }
    String url =
        "http://%s:%s%s"
            .formatted(
                address, probe.getHttpGet().getPort().getIntVal(), probe.getHttpGet().getPath());
    try {
      return Curl.in(namespace).withTimeout(PROBE).request(url).status() == 200;
    } catch (HarnessException e) {
      return false;
    }
  }

  /** Ends it as Kubernetes does: TERM, and time to end by itself. */
  @Override
  public void close() {
    if (process != null) {
      process.stop(STOP);
    }
    if (network != null) {
      network.close();
    }
  }

  private Container container() {
    return pod.getSpec().getContainers().get(0);
  }

  /**
   * What {@code kubectl exec} runs: another program of the main container, with its environment,
   * its files and its network, which sees the container's program as the first process.
   */
  CommandResult exec(String program, List<String> arguments) {
    String pid = Long.toString(Objects.requireNonNull(process).pid());
    return with(
            environment(container()),
            Command.of(ProjectFiles.program(program))
                .withArguments(arguments)
                .withPrefix(List.of("unshare", "--mount", "sh", "-ec", FIRST_PROCESS, "sh", pid))
                .withPrefix(List.of("nsenter", "--mount", "--net", "--target=" + pid)))
        .run();
  }

  private Map<String, String> environment(Container container) {
    Map<String, String> environment = new LinkedHashMap<>(InClusterAccount.environment());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HOSTNAME", pod.getMetadata().getName());
    environment.put("SSL_CERT_DIR", "");
    for (EnvVar variable : container.getEnv()) {
      environment.put(variable.getName(), value(variable));
    }
    return environment;
  }

  private static Command with(Map<String, String> environment, Command command) {
    Command all = command;
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      all = all.withEnvironment(variable.getKey(), variable.getValue());
    }
    return all;
  }

  private Command command(Container container, InClusterAccount account) {
    Map<String, String> environment = environment(container);
    List<String> words = new ArrayList<>(List.of(program(container.getImage())));
    for (String argument : container.getArgs()) {
      String word = argument;
      for (Map.Entry<String, String> variable : environment.entrySet()) {
        word = word.replace("$(" + variable.getKey() + ")", variable.getValue());
      }
      words.add(word);
    }
    return with(environment, account.inPod(Command.of(words)));
  }

  /** Of an image {@code REPOSITORY/PROGRAM:TAG}. */
  private static String program(String image) {
    String name = image.substring(image.lastIndexOf('/') + 1);
    return ProjectFiles.program(name.substring(0, name.indexOf(':')));
  }

  private String value(EnvVar variable) {
    if (variable.getValueFrom() == null) {
      return Objects.requireNonNullElse(variable.getValue(), "");
    }
    String path = variable.getValueFrom().getFieldRef().getFieldPath();
    return switch (path) {
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      default -> throw new HarnessException("not played: " + path);
    };
  }
}
