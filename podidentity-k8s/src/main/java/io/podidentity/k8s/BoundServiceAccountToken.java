package io.podidentity.k8s;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.podidentity.api.model.NamespacedName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service account's own token says about the pod that it was made for. Its signature is
 * not looked at: it is no proof of anything here. Nothing of the token is kept or logged.
 */
final class BoundServiceAccountToken {
  private static final Logger log = LoggerFactory.getLogger(BoundServiceAccountToken.class);

  private BoundServiceAccountToken() {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Claims(@JsonProperty("kubernetes.io") @Nullable Kubernetes kubernetes) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Kubernetes(@Nullable String namespace, @Nullable Reference pod) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Reference(@Nullable String name) {}

  /** The pod; empty if there is no token, or it is not bound to a pod. */
  static Optional<NamespacedName> pod(Path token) {
    try {
      List<String> parts = List.of(Files.readString(token).strip().split("\\.", -1));
      if (parts.size() != 3) {
        return Optional.empty();
      }
      String json = new String(Base64.getUrlDecoder().decode(parts.get(1)), StandardCharsets.UTF_8);
      Kubernetes claims = Serialization.unmarshal(json, Claims.class).kubernetes();
      if (claims == null || claims.pod() == null) {
        return Optional.empty();
      }
      String namespace = Metadata.orEmpty(claims.namespace());
      String name = Metadata.orEmpty(claims.pod().name());
      return namespace.isEmpty() || name.isEmpty()
          ? Optional.empty()
          : Optional.of(new NamespacedName(namespace, name));
    } catch (IOException | RuntimeException e) {
      // A parser's message may quote what it read.
      log.debug("the service account's token cannot be read error={}", e.getClass().getName());
      return Optional.empty();
    }
  }
}
