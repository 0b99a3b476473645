package io.podidentity.harness.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds the images that {@code tests/images/build.sh} unpacked. Images of another build than the
 * programs beside are none.
 */
final class UnpackedImages {

  private static final String HOW = ": run tests/images/build.sh after mvn package";

  private UnpackedImages() {}

  /** Null, or what is missing and what to do. */
  static @Nullable String missing() {
    String images = System.getProperty("podidentity.images");
    if (images == null) {
      return "the system property podidentity.images is not set";
    }
    for (String program : new String[] {"nmi", "mic"}) {
      String home = System.getProperty("podidentity." + program + ".home");
      String missing = home == null ? null : missing(Path.of(images), program, Path.of(home));
      if (missing != null) {
        return missing;
      }
    }
    return Probes.works("capsh", "--supports=cap_net_admin")
        ? null
        : "capsh is missing: install it (Debian: libcap2-bin)";
  }

  /**
   * The same for one program.
   *
   * @param home the program's folder, as it was built
   */
  static @Nullable String missing(Path images, String program, Path home) {
    Path inside = images.resolve(program).resolve("rootfs/opt/podidentity").resolve(program);
    if (!Files.isDirectory(inside)) {
      return "the image of " + program + " is not built" + HOW;
    }
    try (var jars = Files.walk(home)) {
      for (Path jar : jars.filter(UnpackedImages::isOurs).toList()) {
        Path other = inside.resolve(home.relativize(jar).toString());
        if (!Files.exists(other) || Files.mismatch(jar, other) >= 0) {
          return "the image of " + program + " is of another build" + HOW;
        }
      }
    } catch (IOException e) {
      return "the image of " + program + " cannot be read (" + e + ")" + HOW;
    }
    return null;
  }

  private static boolean isOurs(Path file) {
    return file.toString().matches(".*/(nmi|mic|podidentity-[^/]*)\\.jar");
  }
}
