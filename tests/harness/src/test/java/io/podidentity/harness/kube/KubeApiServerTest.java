package io.podidentity.harness.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class KubeApiServerTest {

  private static final String CARS =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: cars.test.podidentity.io
      spec:
        group: test.podidentity.io
        names: {kind: Car, plural: cars}
        scope: Namespaced
        versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;

  private final KubeApiServer api = KubeApiServer.shared();

  @Test
  void sharedServerIsOnlyOne() {
    assertThat(KubeApiServer.shared()).isSameAs(api);
  }

  @Test
  void adminMayDoEverything() {
    assertThat(api.kubectl("auth", "can-i", "*", "*", "-A").strip()).isEqualTo("yes");
  }

  @Test
  void failureShowsWhatKubectlSaid() {
    assertThatThrownBy(() -> api.kubectl("get", "pod", "nobody"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("pods \"nobody\" not found");
  }

  @Test
  void serviceAccountMayDoOnlyWhatItsRoleSays() {
    api.createNamespace("rbac");
    Path kubeconfig = api.kubeconfigFor("rbac", "default");
    assertThatThrownBy(() -> kubectlAs(kubeconfig, "get", "pods", "-n", "rbac"))
        .hasMessageContaining("User \"system:serviceaccount:rbac:default\" cannot list resource");
    api.kubectl("create", "role", "reader", "-n", "rbac", "--verb=list", "--resource=pods");
    api.kubectl(
        "create",
        "rolebinding",
        "reader",
        "-n",
        "rbac",
        "--role=reader",
        "--serviceaccount=rbac:default");
    // The authorizer learns of it by a watch.
    Await.asserted(
        Duration.ofSeconds(20),
        () ->
            assertThat(kubectlAs(kubeconfig, "get", "pods", "-n", "rbac", "-o", "name")).isEmpty());
  }

  @Test
  void kubeconfigsDoNotShareTokens() throws IOException {
    assertThat(Files.readString(api.kubeconfigFor("default", "default")))
        .doesNotContain(token(api.adminKubeconfig()));
  }

  @Test
  void customResourceCanBeListedAsSoonAsItIsApplied() {
    api.apply(CARS);
    assertThat(api.kubectl("get", "cars.test.podidentity.io", "-A", "-o", "name")).isEmpty();
  }

  @Test
  void standInKubeletTakesAPodThroughItsLife() {
    api.createNamespace("life");
    KubeletStandIn kubelet = new KubeletStandIn(api);
    kubelet.registerNode("life-node", "azure:///subscriptions/s/vm");
    RunningPod pod = new RunningPod("life", "web", "life-node", "10.244.7.1", Map.of("app", "web"));
    kubelet.run(pod);
    assertThat(status(pod, "{.spec.nodeName} {.status.phase} {.status.podIPs[0].ip}"))
        .isEqualTo("life-node Running 10.244.7.1");
    assertThat(api.kubectl("get", "pods", "-n", "life", "-l", "app=web", "-o", "name").strip())
        .isEqualTo("pod/web");
    kubelet.end(pod, "Succeeded");
    assertThat(status(pod, "{.status.phase}")).isEqualTo("Succeeded");
    kubelet.remove(pod);
    assertThat(api.kubectl("get", "pods", "-n", "life", "-o", "name")).isEmpty();
  }

  @Test
  void terminatingPodStaysUntilItIsRemoved() {
    api.createNamespace("ending");
    KubeletStandIn kubelet = new KubeletStandIn(api);
    RunningPod pod = new RunningPod("ending", "web", "some-node", "10.244.7.2", Map.of());
    kubelet.run(pod);
    kubelet.terminate(pod);
    assertThat(status(pod, "{.metadata.deletionTimestamp}")).isNotEmpty();
    kubelet.remove(pod);
    assertThat(api.kubectl("get", "pods", "-n", "ending", "-o", "name")).isEmpty();
  }

  @Test
  void neitherProgramListensBeyondLoopback() throws IOException {
    assertThat(listeningAddresses(api.etcdProcess().pid())).containsOnly("0100007F");
    assertThat(listeningAddresses(api.process().pid())).containsOnly("0100007F");
  }

  private String status(RunningPod pod, String path) {
    return api.kubectl("get", "pod", pod.name(), "-n", pod.namespace(), "-o", "jsonpath=" + path);
  }

  private static String kubectlAs(Path kubeconfig, String... arguments) {
    Path kubectl = EnvtestBinaries.find().kubectl();
    List<String> words =
        Stream.concat(
                Stream.of(kubectl.toString(), "--kubeconfig=" + kubeconfig), Stream.of(arguments))
            .toList();
    return Command.of(words).output();
  }

  private static String token(Path kubeconfig) throws IOException {
    return Files.readAllLines(kubeconfig).stream()
        .filter(line -> line.contains("token: "))
        .map(line -> line.split("token: ", -1)[1])
        .findFirst()
        .orElseThrow();
  }

  /** Local addresses, as the kernel's tables print them, of the process's listening sockets. */
  private static Set<String> listeningAddresses(long pid) throws IOException {
    Set<String> sockets;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      sockets = descriptors.map(KubeApiServerTest::target).collect(Collectors.toSet());
    }
    Stream<String> tables =
        Stream.of("tcp", "tcp6")
            .flatMap(
                table ->
                    Command.of("cat", "/proc/" + pid + "/net/" + table).output().strip().lines());
    return tables
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields[3].equals("0A") && sockets.contains("socket:[" + fields[9] + "]"))
        .map(fields -> fields[1].split(":", -1)[0])
        .collect(Collectors.toSet());
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
