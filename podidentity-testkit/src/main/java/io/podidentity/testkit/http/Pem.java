package io.podidentity.testkit.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Certificates as text. */
public final class Pem {
  private Pem() {}

  /** A certificate in PEM form, ending in a line break. */
  public static String of(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("encode a certificate: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the first certificate of a PEM text.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static X509Certificate parse(String text) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("read a PEM certificate: " + e.getMessage(), e);
    }
  }
}
