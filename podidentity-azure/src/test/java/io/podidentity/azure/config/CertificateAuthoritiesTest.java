package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a bundle is used for connections is ArmAccessTest's. */
final class CertificateAuthoritiesTest {
  private static final String CERTIFICATE = TestCertificates.create().caPem();

  @TempDir private Path folder;

  @Test
  void aBundleAddsToWhatTheJdkTrusts() throws IOException {
    int jdk = issuers(null);

    assertThat(issuers(file(CERTIFICATE))).isEqualTo(jdk + 1).isGreaterThan(1);
  }

  @Test
  void aBundleMayHoldSeveralCertificatesAndOtherText() throws IOException {
    String bundle =
        "# One - of - ours\n"
            + CERTIFICATE
            + "\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
            + CERTIFICATE.replace("\n", "\r\n")
            + "trailing";

    assertThat(CertificateAuthorities.trusting(file(bundle)).getProtocol()).isEqualTo("TLS");
  }

  @Test
  void aBundleWithoutCertificateIsAnError() throws IOException {
    assertThat(invalid(file(""))).hasMessageContaining("it holds no certificate");
    assertThat(invalid(file("garbage"))).hasMessageContaining("it holds no certificate");
    assertThat(invalid(file(CERTIFICATE.substring(0, 200))))
        .hasMessageContaining("it holds no certificate");
  }

  @Test
  void aCertificateThatCannotBeReadIsCounted() throws IOException {
    String broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    assertThat(invalid(file(CERTIFICATE + broken)))
        .hasMessageContaining("its certificate number 2 cannot be read");
  }

  @Test
  void aBundleThatIsNotThereIsNamed() {
    assertThat(invalid(folder.resolve("missing.pem")))
        .hasMessageContaining("missing.pem")
        .hasMessageContaining("there is no such file");
  }

  private static int issuers(@Nullable Path bundle) {
    return ((X509TrustManager) CertificateAuthorities.trustManagers(bundle)[0])
        .getAcceptedIssuers()
        .length;
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("ca.pem"), text);
  }

  private static PodIdentityException invalid(Path file) {
    PodIdentityException error =
        catchThrowableOfType(
            PodIdentityException.class, () -> CertificateAuthorities.trusting(file));
    assertThat(error).isNotNull();
    assertThat(error.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
    return error;
  }
}
