package io.podidentity.k8s;

import java.util.logging.Level;
import java.util.logging.Logger;

/** fabric8's mock server, which logs every request on standard error. */
final class Chatter {
  /** Kept, or its level would be forgotten. */
  private static final Logger LOGGER = Logger.getLogger("io.fabric8.mockwebserver");

  private Chatter() {}

  static void silence() {
    LOGGER.setLevel(Level.OFF);
  }
}
