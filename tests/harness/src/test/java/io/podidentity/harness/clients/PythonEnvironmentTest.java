package io.podidentity.harness.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PythonEnvironmentTest {

  @TempDir private Path folder;

  @Test
  void messageSaysWhereItIsMissingAndWhatMakesIt() {
    assertThat(new PythonEnvironment(folder).lack())
        .startsWith("no Python environment in " + folder)
        .contains("run tests/clients/python/build.sh");
  }

  @Test
  void oneWithoutTheClientIsMissing() throws IOException {
    Files.createFile(folder.resolve("requirements.txt"));
    python("echo \"No module named 'azure'\" >&2; exit 1");
    assertThat(new PythonEnvironment(folder).lack())
        .startsWith("azure-identity does not work in " + folder)
        .endsWith("No module named 'azure'");
  }

  @Test
  void oneWithTheClientIsNot() throws IOException {
    Files.createFile(folder.resolve("requirements.txt"));
    python("[ \"$*\" = '-I -c import azure.identity' ]");
    assertThat(new PythonEnvironment(folder).lack()).isNull();
  }

  private void python(String script) throws IOException {
    Path python = new PythonEnvironment(folder).python();
    Files.createDirectories(python.getParent());
    Files.writeString(python, "#!/bin/sh\n" + script + "\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
  }
}
