package io.podidentity.testkit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

/**
 * A certificate with its private key, made for a test. Immutable.
 *
 * @param certificate signed by a {@link TestCertificates}, or by itself
 * @param privateKey belongs to it
 */
public record TestCertificate(X509Certificate certificate, PrivateKey privateKey) {

  /** The certificate in PEM form, without the key. */
  public String pem() {
    return Pem.of(certificate);
  }

  /** Certificate and key as a PKCS #12 file. */
  public byte[] pkcs12(String password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "test", privateKey, password.toCharArray(), new Certificate[] {certificate});
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      store.store(out, password.toCharArray());
      return out.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("write a PKCS #12 file: " + e.getMessage(), e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "TestCertificate[" + certificate.getSubjectX500Principal() + "]";
  }
}
