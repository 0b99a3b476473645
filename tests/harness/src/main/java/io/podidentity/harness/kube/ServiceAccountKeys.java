package io.podidentity.harness.kube;

import io.podidentity.harness.HarnessException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/**
 * The key pair with which an API server signs and checks service accounts' tokens, as PEM files.
 *
 * @param privateKey the file with the private key (PKCS#8)
 * @param publicKey the file with the public key
 */
record ServiceAccountKeys(Path privateKey, Path publicKey) {

  static ServiceAccountKeys create(Path folder) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair pair = generator.generateKeyPair();
      return new ServiceAccountKeys(
          write(folder.resolve("sa.key"), "PRIVATE KEY", pair.getPrivate().getEncoded()),
          write(folder.resolve("sa.pub"), "PUBLIC KEY", pair.getPublic().getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw new HarnessException("making the service accounts' key pair", e);
    }
  }

  private static Path write(Path file, String label, byte[] der) throws IOException {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(label, encoder.encodeToString(der), label));
  }
}
