package io.podidentity.nmi;

import java.util.Random;

/** Paths that parsers disagree about; the same ones for the same seed. */
final class PathGenerator {
  private static final String[] TARGETS = {
    "/metadata/identity/oauth2/token",
    "/metadata/identity/oauth2/token",
    "/metadata/instance/compute",
    "/metadata/identity/info",
    "/metadata/versions",
    "/metadata/scheduledevents",
    "/host/token/",
  };

  private static final String[] SLASHES = {
    "//",
    "\\",
    "%2f",
    "%2F",
    "%5c",
    "%5C",
    "%252f",
    "%255c",
    "%c0%af",
    "/./",
    "/x/../",
    "/%2e/",
    "/%2e%2e/",
    ";/",
    ";a=b/",
    "%00/",
    "/;/",
    "/..;/",
    "\uff0f",
    "%25252f",
    "/%09",
    "%20/",
    "\\/"
  };

  private static final String[] PIECES = {
    "/", "/", "/", "\\", "//", ".", "..", "metadata", "Metadata", "identity", "IDENTITY", "oauth2",
    "token", "%2f", "%5c", "%252f", "%255C", ";", ";x=1", "%00", "%", "%2e", "%69", "%6",
    "instance", "info", "versions", "#", "%20", "+", "http://h", ":", "@", "\u0000", "\t", "\u212a",
    "\u0131", "host/token"
  };

  private final Random random;

  PathGenerator(long seed) {
    this.random = new Random(seed);
  }

  /** The next path, as it would come in a request. */
  String next() {
    return switch (random.nextInt(4)) {
      case 0 -> ofPieces();
      case 1 -> misspelt(1);
      case 2 -> misspelt(20);
      default -> misspelt(4);
    };
  }

  private String ofPieces() {
    StringBuilder path = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
    for (int left = 1 + random.nextInt(12); left > 0; left--) {
      path.append(oneOf(PIECES));
    }
    return path.toString();
  }

  /** One of the targets with about so many of each hundred characters written in another way. */
  private String misspelt(int percent) {
    StringBuilder path = new StringBuilder();
    for (char c : oneOf(TARGETS).toCharArray()) {
      path.append(random.nextInt(100) < percent ? otherwise(c) : String.valueOf(c));
    }
    return path.toString();
  }

  private String otherwise(char c) {
    if (c == '/') {
      return oneOf(SLASHES);
    }
    String once = "%%%02x".formatted((int) c);
    return switch (random.nextInt(6)) {
      case 0 -> once;
      case 1 -> once.replace("%", "%25");
      case 2 -> once.replace("%", "%2525");
      case 3 -> c + oneOf(PIECES);
      default -> String.valueOf(Character.toUpperCase(c));
    };
  }

  private String oneOf(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
