package io.podidentity.harness.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which parts tests needed, and decides what happens when one is missing.
 *
 * @param folder where it is written
 * @param required whether a missing part fails
 */
record PartRecords(Path folder, boolean required) {

  static final String POLICY_PROPERTY = "podidentity.realParts";
  static final String FOLDER_PROPERTY = "podidentity.realParts.dir";
  static final String PRESENT = ".present";
  static final String MISSING = ".missing";

  static PartRecords configured() {
    return new PartRecords(
        configuredFolder(), "required".equals(System.getProperty(POLICY_PROPERTY)));
  }

  private static Path configuredFolder() {
    String configured = System.getProperty(FOLDER_PROPERTY);
    return configured == null || configured.isBlank()
        ? Path.of(System.getProperty("java.io.tmpdir"), "podidentity-real-parts")
        : Path.of(configured);
  }

  /**
   * Records the part.
   *
   * @param missing why it is missing; null if it is present
   * @return why the test is to be skipped; null if it can run
   * @throws AssertionError if it is missing and required
   */
  @Nullable String settle(RealPart part, @Nullable String missing) {
    try {
      Files.createDirectories(folder);
      Path present = folder.resolve(part.label() + PRESENT);
      Path absent = folder.resolve(part.label() + MISSING);
      if (missing == null) {
        Files.writeString(present, "");
        Files.deleteIfExists(absent);
        return null;
      }
      Files.writeString(absent, missing + "\n");
      Files.deleteIfExists(present);
    } catch (IOException e) {
      throw new UncheckedIOException("recording " + part.label() + " in " + folder, e);
    }
    if (required && !part.isNeverDemanded()) {
      throw new AssertionError("a required part of this machine is missing: " + missing);
    }
    return missing;
  }
}
