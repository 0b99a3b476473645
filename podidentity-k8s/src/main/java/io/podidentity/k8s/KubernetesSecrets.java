package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.SecretReader;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Secrets as the API server has them. Each is asked for by its name, and none is kept: this process
 * needs no right to list them, and a secret that was changed is used at once. Thread-safe.
 */
public final class KubernetesSecrets implements SecretReader {
  /** A pod waits for the answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final int RETRIES = 1;

  private final KubernetesClient client;

  /**
   * The Secrets of a cluster.
   *
   * @param connection may get those {@code secrets} that are asked for; it stays the caller's to
   *     close
   */
  public KubernetesSecrets(KubernetesConnection connection) {
    this(connection.client());
  }

  KubernetesSecrets(KubernetesClient client) {
    this.client = KubernetesClients.impatient(client, TIMEOUT, RETRIES);
  }

  @Override
  public Optional<SecretData> read(NamespacedName secret) {
    try {
      return Optional.ofNullable(
              client.secrets().inNamespace(secret.namespace()).withName(secret.name()).get())
          .map(KubernetesSecrets::data);
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new PodIdentityException(
            ErrorReason.SHUTTING_DOWN, "gave up reading secrets " + secret, e);
      }
      throw Failures.of(e, "get", "secrets", secret);
    }
  }

  private static SecretData data(Secret secret) {
    Map<String, byte[]> entries = new TreeMap<>();
    if (secret.getData() != null) {
      secret.getData().forEach((key, value) -> entries.put(key, Base64.getDecoder().decode(value)));
    }
    return new SecretData(entries);
  }
}
