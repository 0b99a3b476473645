package io.podidentity.e2e;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.ManagedProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class of the tests' own class path, as a process. Immutable. */
record JavaProgram(List<String> words) {

  static JavaProgram named(Class<?> main) {
    return new JavaProgram(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
  }

  JavaProgram with(String... arguments) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(arguments));
    return new JavaProgram(List.copyOf(all));
  }

  ManagedProcess startIn(NetworkNamespace namespace, String label) {
    return namespace.start(label, words.toArray(String[]::new));
  }
}
