package io.podidentity.azure.entra;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.SecretData;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds in a Kubernetes Secret what a service principal proves itself by. */
final class SecretEntries {
  /** The key of v1's examples. */
  private static final String CLIENT_SECRET = "clientSecret";

  private static final String CERTIFICATE = "certificate";
  private static final String PASSWORD = "password";

  private SecretEntries() {}

  /**
   * The key under which the client secret is. One key is expected; v1 takes any of several, another
   * one each time. Here it is the one that v1's examples use, in any letter case, or else the
   * first.
   *
   * @param whose for messages
   */
  static String clientSecretKey(SecretData secret, String whose) {
    return secret.entries().keySet().stream()
        .filter(CLIENT_SECRET::equalsIgnoreCase)
        .findFirst()
        .or(() -> secret.entries().keySet().stream().findFirst())
        .orElseThrow(() -> unusable(whose, "is empty; put the client secret's value into it"));
  }

  /** The client secret under that key. */
  static String clientSecret(SecretData secret, String key, String whose) {
    String value = text(secret.entries().get(key));
    if (value.isBlank()) {
      throw unusable(whose, "has no value under its key; put the client secret's value there");
    }
    return value;
  }

  /**
   * The key and certificates under v1's keys; a password that is not there is an empty one.
   *
   * @param fingerprint the Secret's
   * @param keys which have it if it was read lately
   */
  static SigningKey certificate(
      SecretData secret, String fingerprint, SigningKeys keys, String whose) {
    Map<String, byte[]> entries = secret.entries();
    byte[] file = entries.get(CERTIFICATE);
    if (file == null || file.length == 0) {
      throw unusable(
          whose,
          "lacks the key certificate; put a PKCS#12 file there, and its password under password");
    }
    try {
      return keys.read(fingerprint, file, text(entries.get(PASSWORD)).toCharArray());
    } catch (Pkcs12.UnusableException e) {
      throw unusable(whose, "holds a certificate that cannot be used: " + e.getMessage());
    }
  }

  static PodIdentityException unusable(String whose, String problem) {
    return new PodIdentityException(
        ErrorReason.IDENTITY_INVALID,
        "cannot get a token for %s: its Secret %s".formatted(whose, problem));
  }

  private static String text(byte @Nullable [] value) {
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
