package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Utils;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client believes to be the API server: who has a certificate of the cluster's own
 * authority, as client-go does it. fabric8 believes all of the JDK's authorities besides, any of
 * which could then have the credentials of NMI and MIC.
 */
final class ClusterAuthority {
  private ClusterAuthority() {}

  /**
   * What trusts the configured authority alone.
   *
   * @return null if none is configured, or if anybody is to be trusted
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it cannot be read
   */
  static TrustManager @Nullable [] trustManagers(Config config) {
    String data = config.getCaCertData();
    String file = config.getCaCertFile();
    if (config.isTrustCerts() || (Utils.isNullOrEmpty(data) && Utils.isNullOrEmpty(file))) {
      return null;
    }
    String where = Utils.isNullOrEmpty(data) ? file : "certificate-authority-data";
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(
                      Utils.isNullOrEmpty(data) ? Files.readAllBytes(Path.of(file)) : pem(data)));
      if (certificates.isEmpty()) {
        throw invalid(where, "it holds no certificate in PEM form", null);
      }
      return trusting(certificates);
    } catch (IOException e) {
      throw invalid(where, "it cannot be read", e);
    } catch (CertificateException e) {
      throw invalid(where, "it holds what is no certificate in PEM form", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK offers no trust managers", e);
    }
  }

  /** In Base64 as kubeconfigs have it; fabric8 reads plain ones too. */
  private static byte[] pem(String data) {
    return data.contains("-----BEGIN")
        ? data.getBytes(StandardCharsets.UTF_8)
        : Base64.getMimeDecoder().decode(data);
  }

  private static TrustManager[] trusting(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("cluster" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static PodIdentityException invalid(
      String where, String problem, @Nullable Throwable cause) {
    return new PodIdentityException(
        ErrorReason.CONFIGURATION_INVALID,
        "cannot use the cluster's certificate authority, " + where + ": " + problem,
        null,
        cause);
  }
}
