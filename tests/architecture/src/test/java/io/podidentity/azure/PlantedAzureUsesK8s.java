package io.podidentity.azure;

import io.podidentity.k8s.NodePods;

/** An adapter that knows another, on purpose. */
public record PlantedAzureUsesK8s(NodePods pods) {}
