package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.k8s.crd.Api;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The custom resource definitions as the API server serves them, compared with what this version
 * reads and writes. A field that they lack is dropped without a word when an object is written:
 * Helm never upgrades definitions, so a cluster may have older ones. What is compared is the
 * published OpenAPI document, which every account may read.
 */
public final class ServedDefinitions {
  private static final Logger log = LoggerFactory.getLogger(ServedDefinitions.class);

  private static final String PATH = "/openapi/v3/apis/" + Api.API_VERSION;

  private static final Set<String> IDENTITY =
      Set.of(
          "spec.type",
          "spec.resourceID",
          "spec.clientID",
          "spec.clientPassword.name",
          "spec.clientPassword.namespace",
          "spec.tenantID",
          "spec.auxiliaryTenantIDs",
          "spec.adEndpoint");

  private static final Set<String> BINDING = Set.of("spec.azureIdentity", "spec.selector");

  /** By kind, the fields that are used; of the others v1 has no use either. */
  static final Map<String, Set<String>> USED =
      Map.of(
          "AzureIdentity",
          IDENTITY,
          "AzureIdentityBinding",
          BINDING,
          "AzureAssignedIdentity",
          Stream.of(
                  Stream.of("spec.pod", "spec.podNamespace", "spec.nodename", "status.status"),
                  IDENTITY.stream().map(field -> "spec.azureIdentityRef." + field),
                  BINDING.stream().map(field -> "spec.azureBindingRef." + field))
              .flatMap(fields -> fields)
              .collect(Collectors.toUnmodifiableSet()),
          "AzurePodIdentityException",
          Set.of("spec.podLabels"));

  private final KubernetesClient client;

  /**
   * Those of a cluster.
   *
   * @param connection stays the caller's to close; needs no right of its own
   */
  public ServedDefinitions(KubernetesConnection connection) {
    this(connection.client());
  }

  ServedDefinitions(KubernetesClient client) {
    this.client = requireNonNull(client, "client");
  }

  /**
   * Asks the API server, and waits for its answer.
   *
   * @return what is missing, sorted: a kind alone, as in {@code AzureIdentity}, or with a field, as
   *     in {@code AzureIdentity spec.adEndpoint}; empty if nothing is
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if it does not answer
   */
  public List<String> missing() {
    Map<String, Map<?, ?>> served = served();
    Set<String> missing = new TreeSet<>();
    USED.forEach(
        (kind, fields) -> {
          Map<?, ?> schema = served.get(kind);
          if (schema == null) {
            missing.add(kind);
          } else {
            fields.stream()
                .filter(field -> !has(schema, field))
                .forEach(field -> missing.add(kind + " " + field));
          }
        });
    return List.copyOf(missing);
  }

  /** Says in the log what is missing, and what to do; nothing if nothing is. Never throws. */
  public void warnOfOlderOnes() {
    try {
      List<String> missing = missing();
      if (!missing.isEmpty()) {
        log.warn(
            "the cluster's custom resource definitions are older than this version, and what they"
                + " lack is lost; apply deploy/crds, which Helm does not: missing={}",
            missing);
      }
    } catch (RuntimeException e) {
      log.warn("cannot look at the custom resource definitions: {}", e.getMessage());
    }
  }

  private Map<String, Map<?, ?>> served() {
    Map<String, Map<?, ?>> byKind = new TreeMap<>();
    if (at(document(), "components", "schemas") instanceof Map<?, ?> schemas) {
      for (Object schema : schemas.values()) {
        if (schema instanceof Map<?, ?> one
            && one.get("x-kubernetes-group-version-kind") instanceof List<?> kinds) {
          kinds.forEach(kind -> byKind.put(String.valueOf(at(kind, "kind")), one));
        }
      }
    }
    return byKind;
  }

  private @Nullable Object document() {
    try {
      String json = client.raw(PATH);
      return json == null ? null : client.getKubernetesSerialization().unmarshal(json, Map.class);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return null;
      }
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE, "get " + PATH + ": " + Failures.brief(e), null, e);
    }
  }

  private static boolean has(Map<?, ?> schema, String field) {
    Object here = schema;
    for (String step : field.split("\\.", -1)) {
      if (Boolean.TRUE.equals(at(here, "x-kubernetes-preserve-unknown-fields"))) {
        return true;
      }
      here = at(here, "properties", step);
    }
    return here != null;
  }

  private static @Nullable Object at(@Nullable Object start, String... path) {
    Object here = start;
    for (String step : path) {
      here = here instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return here;
  }
}
