package io.podidentity.api.assignment;

import io.podidentity.api.token.TokenBroker;

/** One use case that knows the other, on purpose. */
public record PlantedAssignmentUsesToken(TokenBroker broker) {}
