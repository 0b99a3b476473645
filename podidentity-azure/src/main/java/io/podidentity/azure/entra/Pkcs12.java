package io.podidentity.azure.entra;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads PKCS#12 files, in the encodings of today (AES, SHA-256) and of old (RC2, triple DES,
 * SHA-1). v1 reads the old ones only.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7292">RFC 7292</a>
 */
final class Pkcs12 {
  /** Entra ID takes no weaker key. */
  private static final int LEAST_BITS = 2048;

  /**
   * A few seconds. OpenSSL writes 2,048 for each of three parts, Java 10,000; Bouncy Castle, which
   * writes most, 2,400,000 in all.
   */
  private static final BigInteger MOST_ITERATIONS = BigInteger.valueOf(3_000_000);

  private Pkcs12() {}

  /** Says in a few words what is wrong with a file, and nothing of what is in it. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String problem) {
      super(problem);
    }
  }

  /**
   * The one private key of a file, and its certificates.
   *
   * @param password empty if the file has none
   */
  static SigningKey read(byte[] file, char[] password) throws UnusableException {
    checkWork(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      // Without a password, even an empty one, the file's checksum would not be looked at.
      store.load(new ByteArrayInputStream(file), password);
      String alias = keyAlias(store);
      return new SigningKey(rsa(store.getKey(alias, password)), chain(store, alias));
    } catch (IOException e) {
      throw new UnusableException(
          e.getCause() instanceof UnrecoverableKeyException
              ? "its password is wrong"
              : "it is no PKCS#12 file");
    } catch (GeneralSecurityException e) {
      throw new UnusableException("its private key cannot be read");
    }
  }

  private static void checkWork(byte[] file) throws UnusableException {
    try {
      if (Pkcs12Work.iterations(file).compareTo(MOST_ITERATIONS) > 0) {
        throw new UnusableException(
            "it asks for more than 3,000,000 iterations of its password's hash");
      }
    } catch (Ber.MalformedException e) {
      throw new UnusableException("it is no PKCS#12 file");
    }
  }

  private static String keyAlias(KeyStore store)
      throws GeneralSecurityException, UnusableException {
    List<String> aliases = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        aliases.add(alias);
      }
    }
    if (aliases.size() != 1) {
      throw new UnusableException(
          "it holds %s private key; it must hold one"
              .formatted(aliases.isEmpty() ? "no" : "more than one"));
    }
    return aliases.get(0);
  }

  private static PrivateKey rsa(@Nullable Key key) throws UnusableException {
    if (!(key instanceof PrivateKey privateKey) || !(key instanceof RSAKey rsa)) {
      throw new UnusableException("its private key is not an RSA key, which Entra ID asks for");
    }
    if (rsa.getModulus().bitLength() < LEAST_BITS) {
      throw new UnusableException("its RSA key is shorter than 2048 bits");
    }
    return privateKey;
  }

  private static List<X509Certificate> chain(KeyStore store, String alias)
      throws GeneralSecurityException, UnusableException {
    Certificate[] chain = store.getCertificateChain(alias);
    if (chain == null || chain.length == 0) {
      throw new UnusableException("it holds a private key without its certificate");
    }
    return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
  }
}
