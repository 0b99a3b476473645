package io.podidentity.api.unmarked;

/** A package without package-info, on purpose. */
public interface PlantedInAnUnmarkedPackage {}
