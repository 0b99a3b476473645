package io.podidentity.azure.entra;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * By what an application signs its assertions.
 *
 * @param key RSA
 * @param chain its certificate first, then those that vouch for it
 */
record SigningKey(PrivateKey key, List<X509Certificate> chain) {
  SigningKey {
    chain = List.copyOf(chain);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "SigningKey[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
