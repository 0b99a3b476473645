package io.podidentity.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the build made and what the project ships, found through the properties in the POM. */
public final class ProjectFiles {

  private ProjectFiles() {}

  /** The start script of a program's distribution. */
  public static String program(String name) {
    Path script = folder("podidentity." + name + ".home").resolve("bin").resolve(name);
    return existing(script).toString();
  }

  /** The folder of a program's image, as it was unpacked. */
  static Path image(String name) {
    return existing(folder("podidentity.images").resolve(name));
  }

  /** A file or folder of the module whose programs run in pods, built or not. */
  public static String ofClients(String path) {
    return existing(folder("podidentity.clients.home").resolve(path)).toString();
  }

  /** Where a file or folder of the project is. */
  static String path(String path) {
    return existing(folder("podidentity.root").resolve(path)).toString();
  }

  /** A file of the project. */
  public static String text(String path) {
    return read(existing(folder("podidentity.root").resolve(path)));
  }

  /** All YAML files of a folder of the project, as one stream of documents. */
  public static String yaml(String path) {
    Path folder = existing(folder("podidentity.root").resolve(path));
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(ProjectFiles::read)
          .collect(Collectors.joining("\n---\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("looking into " + folder, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static Path folder(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "system property " + property + " is not set: run the tests by mvn verify");
    }
    return Path.of(value);
  }

  private static Path existing(Path path) {
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          path + " does not exist: run mvn verify -pl tests/e2e -am, which makes it");
    }
    return path;
  }
}
