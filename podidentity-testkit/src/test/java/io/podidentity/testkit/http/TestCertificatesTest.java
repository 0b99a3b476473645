package io.podidentity.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.TestHttp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCertificatesTest {
  private final TestCertificates certificates = TestCertificates.create();

  @Test
  void serverIsTrustedByItsAddressAndByLocalhost() throws IOException {
    try (SimulatorServer server = start("127.0.0.1")) {
      TestHttp http = TestHttp.trusting(certificates.clientContext());
      assertThat(http.get(server.uri() + "/").statusCode()).isEqualTo(204);
      assertThat(http.get("https://localhost:" + server.address().getPort() + "/").statusCode())
          .isEqualTo(204);
    }
  }

  @Test
  void serverIsTrustedByAnAddressGivenForIt() throws IOException {
    try (SimulatorServer server = start("127.0.0.9")) {
      TestHttp http = TestHttp.trusting(certificates.clientContext());
      assertThat(http.get(server.uri() + "/").statusCode()).isEqualTo(204);
    }
  }

  @Test
  void serverIsNotTrustedByAnAddressNobodyGave() {
    try (SimulatorServer server =
        SimulatorServer.start(
            "tls",
            address("127.0.0.9"),
            certificates.serverContext(List.of()),
            Clock.systemUTC(),
            request -> CompletableFuture.completedFuture(Reply.empty(204)))) {
      TestHttp http = TestHttp.trusting(certificates.clientContext());
      assertThatThrownBy(() -> http.get(server.uri() + "/")).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void anotherAuthorityIsNotTrusted() {
    try (SimulatorServer server = start("127.0.0.1")) {
      TestHttp http = TestHttp.trusting(TestCertificates.create().clientContext());
      assertThatThrownBy(() -> http.get(server.uri() + "/")).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void authorityIsWrittenAsPem(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("ca.pem");
    certificates.writeCaPem(file);
    X509Certificate read = Pem.parse(Files.readString(file));
    assertThat(read.getBasicConstraints()).isGreaterThanOrEqualTo(0);
    read.verify(read.getPublicKey());
  }

  @Test
  void selfSignedCertificateGoesIntoAPkcs12File() throws Exception {
    TestCertificate made = TestCertificates.selfSigned("app");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(made.pkcs12("pw")), "pw".toCharArray());
    String alias = store.aliases().nextElement();
    assertThat(store.getCertificate(alias)).isEqualTo(made.certificate());
    assertThat(store.getKey(alias, "pw".toCharArray())).isEqualTo(made.privateKey());
    assertThat(Pem.parse(made.pem())).isEqualTo(made.certificate());
    assertThat(made.toString()).isEqualTo("TestCertificate[CN=app]");
  }

  private SimulatorServer start(String host) {
    return SimulatorServer.start(
        "tls",
        address(host),
        certificates.serverContext(List.of(host)),
        Clock.systemUTC(),
        request -> CompletableFuture.completedFuture(Reply.empty(204)));
  }

  private static InetSocketAddress address(String host) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
