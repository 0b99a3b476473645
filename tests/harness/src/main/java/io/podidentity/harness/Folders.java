package io.podidentity.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders. */
public final class Folders {

  private Folders() {}

  /**
   * Makes a folder that only this user can read.
   *
   * @param label part of its name
   */
  public static Path temporary(String label) {
    try {
      return Files.createTempDirectory("podidentity-" + label + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("making a temporary folder for " + label, e);
    }
  }

  /**
   * Deletes the folder with all that is in it. What vanishes meanwhile is no error, and neither is
   * a folder that does not exist.
   */
  public static void delete(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // Deleted already.
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + folder, e);
    }
  }
}
