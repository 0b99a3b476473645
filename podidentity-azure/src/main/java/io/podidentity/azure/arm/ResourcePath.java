package io.podidentity.azure.arm;

import io.podidentity.api.model.ResourceId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where a resource is in Resource Manager. */
final class ResourcePath {
  private ResourcePath() {}

  /**
   * The path of its URL, encoded, from the slash on.
   *
   * @return empty if a part of the ID is a dot or two, which would lead elsewhere
   */
  static Optional<String> of(ResourceId id) {
    StringBuilder path = new StringBuilder();
    for (String segment : id.value().substring(1).split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return Optional.empty();
      }
      // A plus means a space in forms only.
      String encoded = URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
      path.append('/').append(encoded);
    }
    return Optional.of(path.toString());
  }
}
