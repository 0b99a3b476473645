package io.podidentity.e2e;

import io.podidentity.harness.kube.KubeApiServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What v1's MIC keeps in the cluster: records and its lock, in v1.8.17's exact shape. */
final class V1Cluster {

  private static final String LOCK = "aad-pod-identity-mic";
  private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

  private final KubeApiServer api;

  V1Cluster(KubeApiServer api) {
    this.api = api;
  }

  /**
   * Writes the record of a pod that has its identity, as v1 leaves it: with whole copies of the
   * identity and the binding, and without any annotation.
   */
  void record(Scene scene, TestPod pod, BoundIdentity identity) {
    ObjectNode record = JsonMapper.shared().createObjectNode();
    record.put("apiVersion", "aadpodidentity.k8s.io/v1").put("kind", "AzureAssignedIdentity");
    ObjectNode metadata = record.putObject("metadata");
    metadata.put("name", scene.recordName(pod, identity)).put("namespace", "default");
    metadata.putObject("labels").put("nodename", pod.node().name());
    metadata.putArray("finalizers").add("azureassignedidentity.finalizers.aadpodidentity.k8s.io");
    ObjectNode spec = record.putObject("spec");
    spec.putObject("metadata");
    spec.set("azureIdentityRef", copy("azureidentity/" + identity.name(), pod.namespace()));
    spec.set(
        "azureBindingRef",
        copy("azureidentitybinding/" + identity.name() + "-binding", pod.namespace()));
    spec.put("pod", pod.name()).put("podNamespace", pod.namespace());
    spec.put("nodename", pod.node().name()).putNull("replicas");
    ObjectNode status = record.putObject("status");
    status.putObject("metadata");
    status.put("availableReplicas", 1).put("status", "Assigned");
    api.apply(record.toString());
  }

  private JsonNode copy(String object, String namespace) {
    return JsonMapper.shared().readTree(api.kubectl("get", object, "-n", namespace, "-o", "json"));
  }

  /** Takes or renews the lock, as a MIC of v1 of that name does every 3.75 s. */
  void renewLock(String holder) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String leader =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "holderIdentity",
                    holder,
                    "leaseDurationSeconds",
                    15,
                    "acquireTime",
                    now.toString(),
                    "renewTime",
                    now.toString(),
                    "leaderTransitions",
                    1));
    api.apply(
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "apiVersion", "v1",
                    "kind", "Endpoints",
                    "metadata",
                        Map.of(
                            "name",
                            LOCK,
                            "namespace",
                            "default",
                            "annotations",
                            Map.of(LEADER, leader)))));
  }

  /** Who has the lock; empty if a MIC of v1 that looks now takes it at once. */
  String lockHolder() {
    String leader =
        api.kubectl(
            "get",
            "endpoints",
            LOCK,
            "-n",
            "default",
            "-o",
            "jsonpath={.metadata.annotations.control-plane\\.alpha\\.kubernetes\\.io/leader}");
    return JsonMapper.shared().readTree(leader).path("holderIdentity").asString();
  }

  /** A record, as a MIC of v1 reads it. */
  JsonNode record(String name) {
    return JsonMapper.shared()
        .readTree(api.kubectl("get", "azureassignedidentity", name, "-n", "default", "-o", "json"));
  }
}
