package io.podidentity.api.model;

import io.podidentity.api.token.TokenBroker;

/** Breaks the onion, on purpose. */
public record PlantedModelUsesTheBroker(TokenBroker broker) {}
