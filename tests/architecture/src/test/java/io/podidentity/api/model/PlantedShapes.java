package io.podidentity.api.model;

/** Types of the wrong shape, on purpose; open itself. */
public class PlantedShapes {
  int changes;

  /** Prints its token. */
  public record Printing(String accessToken) {}

  /** Does not. */
  public record Silent(String accessToken) {
    @Override
    public String toString() {
      return "Silent of " + accessToken.length();
    }
  }

  void exits() {
    System.exit(0);
  }

  void hook() {
    Runtime.getRuntime().addShutdownHook(new Thread());
  }

  void halt() {
    Runtime.getRuntime().halt(0);
  }

  String environment() {
    return System.getenv("A");
  }
}
