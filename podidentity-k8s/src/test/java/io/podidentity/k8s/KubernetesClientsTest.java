package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KubernetesClientsTest {
  @TempDir Path folder;

  @Test
  void clientGoesWhereTheFilesCurrentContextPoints() throws IOException {
    Path file = write("kubeconfig", kubeconfig("good"));

    try (KubernetesClient client = KubernetesClients.create(file, "agent/1")) {
      assertThat(client.getMasterUrl()).hasToString("https://127.0.0.1:1/");
      assertThat(client.getConfiguration().getUserAgent()).isEqualTo("agent/1");
      assertThat(client.getConfiguration().getOauthToken()).isNull();
      assertThat(client.getConfiguration().getAutoOAuthToken()).isEqualTo("secret");
    }
  }

  /** What happens after so many pings and pauses is {@link DeadConnectionTest}'s. */
  @Test
  void watchWhoseOtherEndIsDeadIsOpenedAnewWithinAMinute() throws IOException {
    try (KubernetesClient client =
        KubernetesClients.create(write("kubeconfig", kubeconfig("good")), "agent/1")) {
      Config config = client.getConfiguration();
      long noticed = 2 * config.getWebsocketPingInterval();
      long longestPause = 32L * config.getWatchReconnectInterval();

      assertThat(config.getWebsocketPingInterval()).isPositive();
      assertThat(noticed + longestPause + config.getConnectionTimeout()).isLessThan(60_000);
    }
  }

  /** A new pod has its token within 3 s of that; each informer pauses for itself. */
  @Test
  void serverThatWasAwayIsFoundWithinTwoSeconds() throws IOException {
    try (KubernetesClient client =
        KubernetesClients.create(write("kubeconfig", kubeconfig("good")), "agent/1")) {
      assertThat(32L * client.getConfiguration().getWatchReconnectInterval()).isBetween(1L, 2_000L);
    }
  }

  /** Its window, in which changes are gathered, begins only then. */
  @Test
  void controllerFindsItWithinOneSecond() throws IOException {
    try (KubernetesClient client =
        KubernetesClients.createEager(
            write("kubeconfig", kubeconfig("good")), "agent/1", new WatchSockets())) {
      assertThat(32L * client.getConfiguration().getWatchReconnectInterval()).isBetween(1L, 1_000L);
    }
  }

  /** Its own types, of a pod above all, are hundreds of classes. */
  @Test
  void eventIsNoObjectOfFabric8sTypesUnlessItIsAnError() throws IOException {
    try (KubernetesClient client =
        KubernetesClients.create(write("kubeconfig", kubeconfig("good")), "agent/1")) {
      KubernetesSerialization json = client.getKubernetesSerialization();

      assertThat(
              json.unmarshal(
                      """
                      {"type": "ADDED", "object": {"apiVersion": "v1", "kind": "Pod",
                       "metadata": {"name": "web"}, "spec": {"nodeName": "n"}}}
                      """,
                      WatchEvent.class)
                  .getObject())
          .isInstanceOf(GenericKubernetesResource.class)
          .extracting(pod -> json.convertValue(pod, PodResource.class).getSpec())
          .isEqualTo(new PodResource.Spec("n", null, null));
      assertThat(
              json.unmarshal(
                      """
                      {"type": "ERROR", "object": {"apiVersion": "v1", "kind": "Status", "code": 410}}
                      """,
                      WatchEvent.class)
                  .getObject())
          .isInstanceOfSatisfying(
              Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
    }
  }

  /** fabric8 takes HTTPS_PROXY from a system property too; it is for Entra ID alone. */
  @Test
  void proxyOfTheEnvironmentIsNotForTheApiServer() throws IOException {
    System.setProperty(Config.KUBERNETES_HTTPS_PROXY, "http://127.0.0.1:9");
    System.setProperty(Config.KUBERNETES_ALL_PROXY, "http://127.0.0.1:9");
    Files.writeString(folder.resolve("token"), "t");
    Files.writeString(folder.resolve("ca.crt"), "");
    try {
      assertThat(KubernetesClients.fromFile(write("kubeconfig", kubeconfig("good"))))
          .extracting(Config::getHttpsProxy)
          .isNull();
      assertThat(KubernetesClients.inCluster(folder)).extracting(Config::getHttpsProxy).isNull();
    } finally {
      System.clearProperty(Config.KUBERNETES_HTTPS_PROXY);
      System.clearProperty(Config.KUBERNETES_ALL_PROXY);
    }
  }

  @Test
  void missingFileIsNamed() {
    Path file = folder.resolve("missing");

    assertInvalid(file, "cannot use the kubeconfig " + file + ": there is no such file");
  }

  @Test
  void folderIsNoFile() {
    assertInvalid(folder, "cannot use the kubeconfig " + folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "just words", "[1, 2]", "{", "a: b: c"})
  void fileThatIsNoKubeconfigIsRefused(String content) throws IOException {
    Path file = write("kubeconfig", content);

    assertInvalid(file, "cannot use the kubeconfig " + file + ": ");
  }

  @Test
  void contextThatIsNotThereIsRefused() throws IOException {
    Path file = write("kubeconfig", kubeconfig("bad"));

    assertInvalid(file, "current-context");
  }

  @Test
  void podUsesItsServiceAccountAndReadsItsTokenEachTime() throws IOException {
    write("ca.crt", "certificate");
    Path token = write("token", "first\n");

    Config config = KubernetesClients.inCluster(folder);

    assertThat(config.getCaCertFile()).isEqualTo(folder.resolve("ca.crt").toString());
    assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("first");
    Files.writeString(token, "second\n");
    assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("second");
  }

  @Test
  void processThatIsNoPodIsToldToGiveAKubeconfig() {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> KubernetesClients.inCluster(folder))
        .withMessageContaining("--kubeconfig FILE")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID));
  }

  private static void assertInvalid(Path file, String message) {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> KubernetesClients.create(file, "agent/1"))
        .withMessageContaining(message)
        .satisfies(
            e -> {
              assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
              assertThat(e.getMessage()).doesNotContain("\n");
            });
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String kubeconfig(String currentContext) {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: c
      cluster: {server: "https://127.0.0.1:1"}
    users:
    - name: u
      user: {token: secret}
    contexts:
    - name: good
      context: {cluster: c, user: u}
    current-context: %s
    """
        .formatted(currentContext);
  }
}
