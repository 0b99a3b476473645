package io.podidentity.harness.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the class path, run in a JVM of their own: exit codes and streams are real. */
public final class JavaProgram {
  private JavaProgram() {}

  /**
   * A command that runs a class on this JVM's Java and class path, with options that let a short
   * run start soon.
   *
   * @param main has the method {@code main}
   */
  public static Command of(Class<?> main, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }
}
