package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.k8s.crd.Api;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The API server's calls for records, one call each, nothing looked up before. */
final class RecordApi {
  /** A write that hangs holds up the others of its machine; the reconciler tries it again. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int READ_RETRIES = 2;

  private final KubernetesClient reads;
  private final KubernetesClient client;
  private final RecordWrites writes;

  RecordApi(KubernetesClient client, RecordWrites writes) {
    this.reads = KubernetesClients.impatient(client, TIMEOUT, READ_RETRIES);
    // A write is made again by us alone: the lease may be lost between two attempts.
    this.client = KubernetesClients.impatient(client, TIMEOUT, /* retries= */ 0);
    this.writes = writes;
  }

  /** Makes JSON of a record, and a record of that, which loads what it takes: 150 ms of CPU. */
  void rehearse(AzureAssignedIdentityResource record) {
    KubernetesSerialization json = client.getKubernetesSerialization();
    var unused = json.unmarshal(json.asJson(record), AzureAssignedIdentityResource.class);
  }

  /** Throws 409 if the name is taken. */
  AzureAssignedIdentityResource create(AzureAssignedIdentityResource record) {
    return writes.make(() -> client.resource(record).create());
  }

  /** Null if it is gone. */
  @Nullable AzureAssignedIdentityResource get(NamespacedName name) {
    return reads
        .resources(AzureAssignedIdentityResource.class)
        .inNamespace(name.namespace())
        .withName(name.name())
        .get();
  }

  /** Throws 409 unless the record is still in the version that the object names. */
  AzureAssignedIdentityResource update(AzureAssignedIdentityResource record) {
    return writes.make(() -> client.resource(record).update());
  }

  /**
   * Throws 404 if it is gone, 409 if it is in another version than the patch names, 422 if a test
   * fails or a path is not there.
   */
  AzureAssignedIdentityResource patch(NamespacedName name, JsonPatch patch) {
    AzureAssignedIdentityResource named = new AzureAssignedIdentityResource();
    named.setMetadata(
        new ObjectMetaBuilder().withNamespace(name.namespace()).withName(name.name()).build());
    String operations = client.getKubernetesSerialization().asJson(patch.operations);
    return writes.make(
        () -> client.resource(named).patch(PatchContext.of(PatchType.JSON), operations));
  }

  /**
   * Begins the deletion of the record with that UID in that version; throws 404 if it is gone, 409
   * if another has its name or if it is in another version.
   *
   * @return what is left, waiting for its finalizers; null if nothing is
   */
  @Nullable AzureAssignedIdentityResource delete(NamespacedName name, String uid, String version) {
    // fabric8 can lock a deletion to a resource version, but not to a UID.
    String path =
        "/apis/%s/namespaces/%s/azureassignedidentities/%s"
            .formatted(Api.API_VERSION, name.namespace(), name.name());
    Map<String, Object> options =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "DeleteOptions",
            "preconditions",
            Map.of("uid", uid, "resourceVersion", version));
    String answer = writes.make(() -> client.raw(path, "DELETE", options));
    KubernetesSerialization json = client.getKubernetesSerialization();
    return HasMetadata.getKind(AzureAssignedIdentityResource.class)
            .equals(json.unmarshal(answer, GenericKubernetesResource.class).getKind())
        ? json.unmarshal(answer, AzureAssignedIdentityResource.class)
        : null;
  }

  static boolean isGone(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  static boolean isConflict(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  static boolean isUnprocessable(KubernetesClientException e) {
    return e.getCode() == Failures.UNPROCESSABLE;
  }

  /** A JSON Patch (RFC 6902) that begins with a test of the UID. */
  static final class JsonPatch {
    private final List<Map<String, Object>> operations = new ArrayList<>();

    private JsonPatch() {}

    static JsonPatch ofUid(String uid) {
      return new JsonPatch().test("/metadata/uid", uid);
    }

    /** Refused with 409 unless the record is in that version. */
    JsonPatch inVersion(String version) {
      return version.isEmpty() ? this : replace("/metadata/resourceVersion", version);
    }

    JsonPatch test(String path, Object value) {
      return with("test", path, value);
    }

    JsonPatch replace(String path, Object value) {
      return with("replace", path, value);
    }

    JsonPatch add(String path, Object value) {
      return with("add", path, value);
    }

    /**
     * Sets an annotation, or takes it off.
     *
     * @param value null for none
     * @param present whether it is there
     */
    JsonPatch annotation(String key, @Nullable String value, boolean present) {
      String path = "/metadata/annotations/" + key.replace("~", "~0").replace("/", "~1");
      if (value != null) {
        return add(path, value);
      }
      return present ? remove(path) : this;
    }

    JsonPatch remove(String path) {
      return with("remove", path, null);
    }

    private JsonPatch with(String operation, String path, @Nullable Object value) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("op", operation);
      entry.put("path", path);
      if (value != null) {
        entry.put("value", value);
      }
      operations.add(entry);
      return this;
    }
  }
}
