package io.podidentity.api;

import com.azure.core.util.BinaryData;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.undertow.Undertow;

/** Uses every vendor outside its home, on purpose. */
public record PlantedOutsideHome(
    BinaryData data, KubernetesClient client, Undertow server, ProcessBuilder process) {}
