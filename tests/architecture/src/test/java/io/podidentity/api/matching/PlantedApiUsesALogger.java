package io.podidentity.api.matching;

import org.slf4j.Logger;

/** The API with a dependency it must not have, on purpose. */
public record PlantedApiUsesALogger(Logger logger) {}
