package io.podidentity.api.spi;

/** A port that is no interface, on purpose. */
public final class PlantedPortThatIsAClass {}
