package io.podidentity.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.SecretReader;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a {@link SecretReader} has to do. */
public abstract class SecretReaderContract {
  /** For subclasses. */
  protected SecretReaderContract() {}

  /** The reader. */
  protected abstract SecretReader reader();

  /** A namespace from which the reader may read, and that holds no Secret that a test makes. */
  protected abstract String namespace();

  /** Creates the Secret, or replaces what it holds, at once. */
  protected abstract void put(NamespacedName secret, Map<String, byte[]> entries);

  /** Deletes the Secret, at once. */
  protected abstract void delete(NamespacedName secret);

  @Test
  void secretIsReadByteForByteInTheOrderOfItsKeys() {
    NamespacedName name = new NamespacedName(namespace(), Samples.fresh("secret"));
    byte[] binary = {0, -1, 10, 13, 127, -128};

    put(name, Map.of("password", "p\u00e4ss\n".getBytes(UTF_8), "certificate", binary));

    SecretData secret = reader().read(name).orElseThrow();
    assertThat(secret.entries().keySet()).containsExactly("certificate", "password");
    assertThat(secret.entries().get("certificate")).isEqualTo(binary);
    assertThat(secret.entries().get("password")).isEqualTo("p\u00e4ss\n".getBytes(UTF_8));
  }

  @Test
  void secretIsReadAnewEachTime() {
    NamespacedName name = new NamespacedName(namespace(), Samples.fresh("secret"));
    assertThat(reader().read(name)).isEmpty();

    put(name, Map.of("key", "old".getBytes(UTF_8)));
    assertThat(value(name)).isEqualTo("old");

    put(name, Map.of("key", "new".getBytes(UTF_8)));
    assertThat(value(name)).isEqualTo("new");

    delete(name);
    assertThat(reader().read(name)).isEmpty();
  }

  @Test
  void secretMayBeEmpty() {
    NamespacedName name = new NamespacedName(namespace(), Samples.fresh("secret"));

    put(name, Map.of());

    assertThat(reader().read(name).orElseThrow().entries()).isEmpty();
  }

  @Test
  void secretDoesNotPrintWhatItHolds() {
    NamespacedName name = new NamespacedName(namespace(), Samples.fresh("secret"));

    put(name, Map.of("key", "hidden".getBytes(UTF_8)));

    assertThat(reader().read(name).orElseThrow().toString()).doesNotContain("hidden");
  }

  private String value(NamespacedName name) {
    return new String(reader().read(name).orElseThrow().entries().get("key"), UTF_8);
  }
}
