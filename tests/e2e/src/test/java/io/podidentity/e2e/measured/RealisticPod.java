package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A pod as a Deployment makes it: an application with probes, resources, settings and files, with a
 * proxy beside it.
 */
final class RealisticPod {
  private RealisticPod() {}

  /**
   * One of the pods of an application.
   *
   * @param application its label too
   * @param number unlike that of any other pod
   */
  static Pod of(String application, int number, String node) {
    String hash = Integer.toHexString(application.hashCode());
    return new PodBuilder()
        .withNewMetadata()
        .withName("%s-%s-%05d".formatted(application, hash, number))
        .withGenerateName(application + "-" + hash + "-")
        .withNamespace(ClusterObjects.NAMESPACE)
        .addToLabels("aadpodidbinding", application)
        .addToLabels("app.kubernetes.io/name", application)
        .addToLabels("app.kubernetes.io/part-of", "measured")
        .addToLabels("pod-template-hash", hash)
        .addToAnnotations("prometheus.io/scrape", "true")
        .addToAnnotations("prometheus.io/port", "8080")
        .addToAnnotations("checksum/config", UUID.randomUUID() + "" + UUID.randomUUID())
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("ReplicaSet")
        .withName(application + "-" + hash)
        .withUid(UUID.nameUUIDFromBytes(new byte[] {1}).toString())
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .withServiceAccountName("default")
        .addAllToContainers(List.of(container(application), container("proxy")))
        .addNewVolume()
        .withName("config")
        .withNewConfigMap()
        .withName(application + "-config")
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("scratch")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .build();
  }

  private static Container container(String name) {
    return new ContainerBuilder()
        .withName(name)
        .withImage("registry.example/team/" + name + ":1.27.3")
        .withEnv(settings(name))
        .addNewPort()
        .withName("http")
        .withContainerPort(8080)
        .endPort()
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("128Mi")))
        .withLimits(Map.of("memory", new Quantity("256Mi")))
        .endResources()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/ready")
        .withNewPort(8080)
        .endHttpGet()
        .endReadinessProbe()
        .addNewVolumeMount()
        .withName("config")
        .withMountPath("/etc/" + name)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("scratch")
        .withMountPath("/var/tmp")
        .endVolumeMount()
        .build();
  }

  private static List<EnvVar> settings(String name) {
    return Stream.of("DATABASE_URL", "QUEUE_URL", "LOG_LEVEL", "REGION")
        .map(
            key ->
                new EnvVarBuilder()
                    .withName(key)
                    .withValue(
                        "https://%s.example/%s".formatted(key.toLowerCase(Locale.ROOT), name))
                    .build())
        .toList();
  }
}
