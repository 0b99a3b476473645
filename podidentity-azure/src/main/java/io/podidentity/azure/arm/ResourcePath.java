package io.podidentity.azure.arm;

import io.podidentity.api.model.ResourceId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where a resource is in Resource Manager. */
final class ResourcePath {
  private ResourcePath() {}

  /** The path of its URL, encoded, from the slash on. No part of an ID is a dot or two. */
  static String of(ResourceId id) {
    return Arrays.stream(id.value().split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
        .collect(Collectors.joining("/"));
  }
}
