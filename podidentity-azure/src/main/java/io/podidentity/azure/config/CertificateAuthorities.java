package io.podidentity.azure.config;

import io.podidentity.api.PodIdentityException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom to trust: the JDK's certificate authorities, and those of PEM files. */
public final class CertificateAuthorities {
  private static final String WHAT = "CA bundle";
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (?:X509 )?CERTIFICATE-----.*?-----END (?:X509 )?CERTIFICATE-----",
          Pattern.DOTALL);

  private CertificateAuthorities() {}

  /**
   * A TLS context for clients.
   *
   * @param bundle certificates in PEM form to trust besides the JDK's own ({@code SSL_CERT_FILE}),
   *     in any number, with any text between them; null for none
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if the file
   *     cannot be read, holds no certificate, or one that cannot be read
   */
  public static SSLContext trusting(@Nullable Path bundle) {
    return trusting(bundle, List.of());
  }

  /**
   * A TLS context for clients.
   *
   * @param bundle as above; null for none
   * @param folders folders with more such files ({@code SSL_CERT_DIR}), among which there may be
   *     others, which are passed over
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if the file
   *     or a folder cannot be read, or the file holds no certificate, or one that cannot be read
   */
  public static SSLContext trusting(@Nullable Path bundle, List<Path> folders) {
    TrustManager[] trusted = trustManagers(bundle, folders);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK offers no TLS", e);
    }
  }

  static TrustManager[] trustManagers(@Nullable Path bundle, List<Path> folders) {
    // Folders of OpenSSL's have each certificate under two names.
    Set<X509Certificate> more = new LinkedHashSet<>(bundle == null ? List.of() : read(bundle));
    folders.forEach(folder -> more.addAll(readAll(folder)));
    try {
      return trustManagers(more);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK offers no trust managers", e);
    }
  }

  private static List<X509Certificate> read(Path bundle) {
    Matcher blocks = BLOCK.matcher(ConfigFiles.text(bundle, WHAT));
    List<X509Certificate> certificates = new ArrayList<>();
    while (blocks.find()) {
      byte[] block = blocks.group().getBytes(StandardCharsets.UTF_8);
      try {
        certificates.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block)));
      } catch (CertificateException e) {
        throw ConfigFiles.invalid(
            bundle,
            WHAT,
            "its certificate number %d cannot be read".formatted(certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw ConfigFiles.invalid(bundle, WHAT, "it holds no certificate in PEM form");
    }
    return certificates;
  }

  private static List<X509Certificate> readAll(Path folder) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Path file : ConfigFiles.in(folder, "folder of CA certificates")) {
      try {
        certificates.addAll(read(file));
      } catch (PodIdentityException e) {
        // A README, or a list of revoked ones.
      }
    }
    return certificates;
  }

  /** One trust manager over both, since a chain is judged as a whole. */
  private static TrustManager[] trustManagers(Collection<X509Certificate> more)
      throws GeneralSecurityException, IOException {
    if (more.isEmpty()) {
      return factory(null).getTrustManagers();
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (TrustManager manager : factory(null).getTrustManagers()) {
      if (manager instanceof X509TrustManager known) {
        for (X509Certificate certificate : known.getAcceptedIssuers()) {
          store.setCertificateEntry("jdk" + number++, certificate);
        }
      }
    }
    for (X509Certificate certificate : more) {
      store.setCertificateEntry("bundle" + number++, certificate);
    }
    return factory(store).getTrustManagers();
  }

  /** Null stands for the JDK's own store. */
  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
