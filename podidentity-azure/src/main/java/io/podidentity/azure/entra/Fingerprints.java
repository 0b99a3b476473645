package io.podidentity.azure.entra;

import io.podidentity.api.model.SecretData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Tells one content of a Secret from another. They mean something within this object alone: each
 * has a salt of its own, so that no secret can be guessed from one. Thread-safe.
 */
final class Fingerprints {
  private final byte[] salt = new byte[32];

  Fingerprints() {
    new SecureRandom().nextBytes(salt);
  }

  String of(SecretData secret) {
    MessageDigest digest = sha256();
    digest.update(salt);
    secret
        .entries()
        .forEach(
            (key, value) -> {
              update(digest, key.getBytes(StandardCharsets.UTF_8));
              update(digest, value);
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  /** With its length, so that what is moved from one to the next makes a difference. */
  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
    digest.update(part);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
