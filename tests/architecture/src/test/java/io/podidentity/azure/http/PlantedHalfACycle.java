package io.podidentity.azure.http;

import io.podidentity.azure.imds.ImdsTokenSource;

/** Uses a package that uses this one, on purpose. */
@SuppressWarnings("all")
public final class PlantedHalfACycle {
  ImdsTokenSource source;
}
