package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.WriteGuard;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ConfigMap in which AAD Pod Identity v1 notes that it has rewritten all objects of versions
 * before 1.6, so that it does not do so again. We rewrite nothing: since v1.7 the definitions drop
 * the old fields when objects are read, and there is nothing left to rewrite. The note is for a v1
 * that comes back.
 */
public final class TypeUpgradeMarker {
  /**
   * Where the note is.
   *
   * @param enabled whether it is written at all
   * @param namespace MIC's own
   * @param name the ConfigMap's; v1's default is {@code aad-pod-identity-config}
   * @param key the note's; v1's default is {@code type-upgrade-status}
   * @param value the note: the version that writes it
   */
  public record Settings(
      boolean enabled, String namespace, String name, String key, String value) {}

  private static final Logger log = LoggerFactory.getLogger(TypeUpgradeMarker.class);

  private final KubernetesClient client;
  private final Settings settings;
  private final WriteGuard guard;

  /**
   * A note that is not written yet.
   *
   * @param connection may get and update the ConfigMap, and create one; it stays the caller's
   * @param guard asked right before it is written
   */
  public TypeUpgradeMarker(KubernetesConnection connection, Settings settings, WriteGuard guard) {
    this(connection.client(), settings, guard);
  }

  TypeUpgradeMarker(KubernetesClient client, Settings settings, WriteGuard guard) {
    this.client = requireNonNull(client, "client");
    this.settings = requireNonNull(settings, "settings");
    this.guard = requireNonNull(guard, "guard");
  }

  /**
   * Writes it unless it is there, for which a leader has time. If that fails it is said in the log:
   * nothing of ours depends on it, and the next leader tries again.
   */
  public void write() {
    if (!settings.enabled()) {
      return;
    }
    String verb = "get";
    try {
      ConfigMap known =
          client.configMaps().inNamespace(settings.namespace()).withName(settings.name()).get();
      Map<String, String> data = new HashMap<>();
      if (known == null) {
        verb = "create";
        data.put(settings.key(), settings.value());
        guard.check();
        client.resource(configMap(data)).create();
        return;
      }
      if (known.getData() != null) {
        data.putAll(known.getData());
      }
      if (data.putIfAbsent(settings.key(), settings.value()) == null) {
        verb = "update";
        known.setData(data);
        guard.check();
        client.resource(known).update();
      }
    } catch (KubernetesClientException e) {
      NamespacedName name = new NamespacedName(settings.namespace(), settings.name());
      log.warn(
          "type upgrade not noted for v1: {}",
          Failures.of(e, verb, "configmaps", name).getMessage());
    } catch (PodIdentityException e) {
      log.debug("type upgrade not noted for v1: {}", e.getMessage());
    }
  }

  private ConfigMap configMap(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(settings.namespace())
        .withName(settings.name())
        .endMetadata()
        .withData(data)
        .build();
  }
}
