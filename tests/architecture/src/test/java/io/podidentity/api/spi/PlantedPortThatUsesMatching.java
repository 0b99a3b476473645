package io.podidentity.api.spi;

import io.podidentity.api.matching.Matches;

/** A port that speaks in other terms than the model's, on purpose. */
public interface PlantedPortThatUsesMatching {
  /** Shows what it must not. */
  Matches matches();
}
