package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.TrustManager;
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
  void foldersAddWhatTheyHoldOnceAndOtherFilesArePassedOver() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.writeString(first.resolve("ca.pem"), CERTIFICATE);
    // As c_rehash makes it.
    Files.createSymbolicLink(first.resolve("1a2b3c4d.0"), Path.of("ca.pem"));
    Files.writeString(first.resolve("README"), "no certificate");
    Files.createDirectory(first.resolve("folder"));
    Files.writeString(second.resolve("other.crt"), TestCertificates.create().caPem());
    int jdk = issuers(null);

    TrustManager[] managers =
        CertificateAuthorities.trustManagers(file(CERTIFICATE), List.of(first, second));

    assertThat(((X509TrustManager) managers[0]).getAcceptedIssuers()).hasSize(jdk + 2);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThat(
            catchThrowableOfType(
                PodIdentityException.class,
                () -> CertificateAuthorities.trusting(null, List.of(folder.resolve("missing")))))
        .hasMessageContaining("missing: it cannot be read");
  }

  @Test
  void aBundleThatIsNotThereIsNamed() {
    assertThat(invalid(folder.resolve("missing.pem")))
        .hasMessageContaining("missing.pem")
        .hasMessageContaining("there is no such file");
  }

  private static int issuers(@Nullable Path bundle) {
    return ((X509TrustManager) CertificateAuthorities.trustManagers(bundle, List.of())[0])
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
