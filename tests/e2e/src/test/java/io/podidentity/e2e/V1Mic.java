package io.podidentity.e2e;

import io.podidentity.harness.kube.KubeApiServer;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plays AAD Pod Identity v1.8.17's MIC towards the API server: it makes the calls that {@code
 * pkg/crd/crd.go} makes, with objects as it writes them ({@code v1-record.json} of podidentity-k8s
 * is one). No program of v1 runs.
 */
final class V1Mic {
  static final String FINALIZER = "azureassignedidentity.finalizers.aadpodidentity.k8s.io";

  private static final String RECORD = "azureassignedidentity";

  private final KubeApiServer api;

  V1Mic(KubeApiServer api) {
    this.api = api;
  }

  /** Creates a record in the namespace {@code default}: whole copies, and no annotation. */
  void create(String namespace, String pod, String node, String identity, String state) {
    ObjectNode record = JsonMapper.shared().createObjectNode();
    record.put("apiVersion", "aadpodidentity.k8s.io/v1").put("kind", "AzureAssignedIdentity");
    ObjectNode metadata = record.putObject("metadata");
    metadata.put("name", name(namespace, pod, identity)).put("namespace", "default");
    metadata.putObject("labels").put("nodename", node);
    metadata.putArray("finalizers").add(FINALIZER);
    ObjectNode spec = record.putObject("spec");
    spec.putObject("metadata");
    spec.set("azureIdentityRef", get("azureidentity", namespace, identity));
    spec.set("azureBindingRef", get("azureidentitybinding", namespace, identity + "-binding"));
    spec.put("pod", pod).put("podNamespace", namespace).put("nodename", node);
    ObjectNode status = record.putObject("status");
    status.putObject("metadata");
    status.put("availableReplicas", 1).put("status", state);
    api.kubectlWithInput(record.toString(), "create", "-f", "-");
  }

  static String name(String namespace, String pod, String identity) {
    return pod + "-" + namespace + "-" + identity;
  }

  void setState(String record, String state) {
    api.kubectl(
        "patch",
        RECORD,
        record,
        "--type=json",
        "-p",
        "[{\"op\":\"replace\",\"path\":\"/status/status\",\"value\":\"" + state + "\"}]");
  }

  /** Its two calls after an edit of an identity or binding. */
  void rewrite(String record) {
    rewriteAsCreated(record);
    setState(record, "Assigned");
  }

  /** The first of them, with copies as they are now: annotations are not among its fields. */
  void rewriteAsCreated(String record) {
    ObjectNode anew = (ObjectNode) record(record);
    ((ObjectNode) anew.get("metadata")).remove("annotations");
    ObjectNode spec = (ObjectNode) anew.get("spec");
    spec.set("azureIdentityRef", again("azureidentity", spec.get("azureIdentityRef")));
    spec.set("azureBindingRef", again("azureidentitybinding", spec.get("azureBindingRef")));
    ((ObjectNode) anew.get("status")).put("status", "Created");
    api.kubectlWithInput(anew.toString(), "replace", "-f", "-");
  }

  private JsonNode again(String kind, JsonNode copy) {
    return get(
        kind, copy.at("/metadata/namespace").asString(), copy.at("/metadata/name").asString());
  }

  /** Its three calls for a removal. */
  void remove(String record) {
    setState(record, "Unassigned");
    api.kubectl("delete", RECORD, record, "--wait=false");
    ObjectNode left = (ObjectNode) record(record);
    ((ObjectNode) left.get("metadata")).putArray("finalizers");
    api.kubectlWithInput(left.toString(), "replace", "-f", "-");
  }

  JsonNode record(String name) {
    return get(RECORD, "default", name);
  }

  /**
   * Whether it would leave the record as it is: {@code matchAssignedID} of {@code pkg/mic/mic.go}.
   */
  boolean findsNothingToWrite(
      String namespace, String pod, String node, String identity, String binding) {
    JsonNode record = record(name(namespace, pod, identity));
    List<String> found =
        List.of(
            record.at("/spec/pod").asString(),
            record.at("/spec/podNamespace").asString(),
            record.at("/spec/nodename").asString(),
            record.at("/status/status").asString());
    return found.equals(List.of(pod, namespace, node, "Assigned"))
        && isCopy(record.at("/spec/azureIdentityRef"), get("azureidentity", namespace, identity))
        && isCopy(
            record.at("/spec/azureBindingRef"), get("azureidentitybinding", namespace, binding));
  }

  private static boolean isCopy(JsonNode copy, JsonNode object) {
    return List.of("/metadata/name", "/metadata/resourceVersion").stream()
        .allMatch(path -> copy.at(path).equals(object.at(path)));
  }

  private JsonNode get(String kind, String namespace, String name) {
    return JsonMapper.shared()
        .readTree(api.kubectl("get", kind, name, "-n", namespace, "-o", "json"));
  }
}
