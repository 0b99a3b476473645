package io.podidentity.api.token;

import io.podidentity.api.assignment.AssignmentPlanner;

/** One use case that knows the other, on purpose. */
public record PlantedTokenUsesAssignment(AssignmentPlanner planner) {}
