package io.podidentity.chart;

import io.podidentity.harness.kube.HelmBinary;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The project's chart, and Helm with it. Nothing here asks a cluster. */
final class Chart {

  /** What has to be set in any case. */
  static final String REPOSITORY = "image.repository=registry.example/pod-identity";

  private Chart() {}

  static Path file(String path) {
    return Path.of(System.getProperty("podidentity.root", "../..")).resolve(path);
  }

  static Path folder() {
    return file("charts/aad-pod-identity");
  }

  /**
   * What the chart renders, hooks included, as the release {@code pod-identity} in {@code
   * identity}.
   *
   * @param options of {@code helm template}
   */
  static String render(String... options) {
    return template(options).output();
  }

  /** As {@link #render}, of values that may be refused. */
  static CommandResult attempt(String... options) {
    return template(options).run();
  }

  /** As {@link #render}, with a file of values of the tests. */
  static String renderCase(String name) {
    return render("--values", values(name).toString());
  }

  static Path values(String name) {
    return file("tests/chart/src/test/resources/values/" + name + ".yaml");
  }

  /** The names of the files of values. */
  static Stream<String> cases() {
    try (Stream<Path> files = Files.list(file("tests/chart/src/test/resources/values"))) {
      return files
          .map(path -> path.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for values", e);
    }
  }

  static Command helm(String... words) {
    List<String> all = new ArrayList<>(List.of(HelmBinary.find().program().toString()));
    all.addAll(List.of(words));
    // Nothing of the user's own settings, and no cluster.
    return Command.of(all)
        .withEnvironment("HOME", "/nonexistent")
        .withEnvironment("KUBECONFIG", "/nonexistent");
  }

  private static Command template(String... options) {
    List<String> words =
        new ArrayList<>(
            List.of("template", "pod-identity", folder().toString(), "--namespace", "identity"));
    words.addAll(List.of("--set", REPOSITORY));
    words.addAll(List.of(options));
    return helm(words.toArray(String[]::new));
  }
}
