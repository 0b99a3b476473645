package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.Await;
import io.podidentity.testkit.http.Pem;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterAuthorityTest {
  private static final Reply VERSION = Reply.json(200, Map.of("major", "1", "minor", "34"));
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";

  private final TestCertificates ofCluster = TestCertificates.create();
  private final SimulatorServer apiServer =
      SimulatorServer.start(
          "api server",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          ofCluster.serverContext(List.of()),
          Clock.systemUTC(),
          request -> CompletableFuture.completedFuture(VERSION));
  @TempDir Path folder;

  @AfterEach
  void close() {
    apiServer.close();
  }

  @Test
  void serverOfTheClustersAuthorityIsBelieved() throws IOException {
    Path file = folder.resolve("ca.crt");
    ofCluster.writeCaPem(file);

    Config ofFile = config();
    ofFile.setCaCertFile(file.toString());
    assertThat(minorVersion(ofFile)).isEqualTo("34");
    assertThat(ofFile.isTrustCerts()).isFalse();
    Config ofData = config();
    ofData.setCaCertData(base64(ofCluster.caPem()));
    assertThat(minorVersion(ofData)).isEqualTo("34");
  }

  @Test
  void eachOfSeveralAuthoritiesIsBelieved() {
    Config config = config();
    config.setCaCertData(base64(TestCertificates.create().caPem() + ofCluster.caPem()));

    assertThat(minorVersion(config)).isEqualTo("34");
  }

  @Test
  void serverOfAnotherAuthorityThatTheJdkTrustsIsRefused()
      throws IOException, GeneralSecurityException {
    Path publicAuthorities = folder.resolve("cacerts");
    // As the JDK's own, certificates can be read without a password.
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setCertificateEntry("public", Pem.parse(ofCluster.caPem()));
    try (OutputStream out = Files.newOutputStream(publicAuthorities)) {
      store.store(out, "changeit".toCharArray());
    }
    Config config = config();
    config.setCaCertData(base64(TestCertificates.create().caPem()));

    System.setProperty(TRUST_STORE, publicAuthorities.toString());
    try {
      assertThatExceptionOfType(KubernetesClientException.class)
          .isThrownBy(() -> minorVersion(config))
          .withRootCauseInstanceOf(GeneralSecurityException.class)
          .satisfies(
              e -> assertThat(e).hasStackTraceContaining(SSLHandshakeException.class.getName()));
    } finally {
      System.clearProperty(TRUST_STORE);
    }
    assertThat(apiServer.requests().all()).isEmpty();
  }

  @Test
  void anybodyIsBelievedWhereTheKubeconfigSaysSo() {
    Config config = config();
    config.setTrustCerts(true);

    assertThat(minorVersion(config)).isEqualTo("34");
  }

  @ParameterizedTest
  @ValueSource(strings = {"words", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
  void authorityThatIsNoCertificateIsNamed(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("ca.crt"), content);
    Config config = config();
    config.setCaCertFile(file.toString());

    assertInvalid(config, file + ": ");
    config.setCaCertData(base64(content));
    assertInvalid(config, "certificate-authority-data: ");
  }

  @Test
  void fileThatIsNotThereIsNamed() {
    Config config = config();
    config.setCaCertFile(folder.resolve("missing").toString());

    assertInvalid(config, folder.resolve("missing") + ": it cannot be read");
  }

  /** As fabric8 does on the threads of requests, to renew their token. */
  @Test
  void clientThatIsMadeWhileAnotherIsMadeBelievesTheAuthorityAlone() throws Exception {
    List<Boolean> trustingAll = new CopyOnWriteArrayList<>();
    AtomicReference<Thread> other = new AtomicReference<>();
    Config config =
        new Config(Config.empty()) {
          @Override
          public void setTrustCerts(boolean trust) {
            super.setTrustCerts(trust);
            if (trust) {
              beside(this);
            }
          }

          private void beside(Config config) {
            Thread thread = new Thread(() -> trustingAll.add(trustsAll(config)));
            if (other.compareAndSet(null, thread)) {
              thread.start();
              Await.until(
                  "it is done, or waits",
                  Duration.ofSeconds(20),
                  () ->
                      thread.getState() == Thread.State.TERMINATED
                          || thread.getState() == Thread.State.BLOCKED);
            }
          }
        };
    config.setMasterUrl(apiServer.uri() + "/");
    config.setCaCertData(base64(TestCertificates.create().caPem()));

    trustingAll.add(trustsAll(config));
    other.get().join();

    assertThat(trustingAll).containsExactly(false, false);
  }

  private static boolean trustsAll(Config config) {
    var builder =
        (StandardHttpClientBuilder<?, ?, ?>)
            new PingedHttpClient.Factory(
                    Duration.ofSeconds(15), Duration.ofSeconds(6), new WatchSockets())
                .newBuilder(config);
    return builder.getTrustManagers()[0].getClass().getName().contains("SSLUtils");
  }

  private static void assertInvalid(Config config, String message) {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> minorVersion(config))
        .withMessageContaining("cannot use the cluster's certificate authority, " + message)
        .satisfies(
            e -> {
              assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
              assertThat(e.getMessage()).doesNotContain("\n");
            });
  }

  private Config config() {
    Config config = Config.empty();
    config.setMasterUrl(apiServer.uri() + "/");
    return config;
  }

  private static String minorVersion(Config config) {
    try (KubernetesClient client =
        KubernetesClients.create(config, "agent/1", Duration.ofSeconds(15))) {
      return KubernetesClients.impatient(client, Duration.ofSeconds(5), /* retries= */ 0)
          .getKubernetesVersion()
          .getMinor();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
