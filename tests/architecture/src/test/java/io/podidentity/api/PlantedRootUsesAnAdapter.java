package io.podidentity.api;

import io.podidentity.azure.PlantedAzureUsesK8s;

/** Closes a cycle between two modules, on purpose. */
public record PlantedRootUsesAnAdapter(PlantedAzureUsesK8s adapter) {}
