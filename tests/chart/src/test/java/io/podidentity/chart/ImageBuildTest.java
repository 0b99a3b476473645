package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code images/build.sh}, with a program in the place of docker that notes how it is called. */
final class ImageBuildTest {

  @TempDir private Path folder;
  private Path calls;
  private Path builder;

  @BeforeEach
  void makeBuilder() throws IOException {
    calls = folder.resolve("calls");
    builder = program("docker", "echo \"$@\" >>'%s'".formatted(calls));
  }

  @Test
  void bothImagesAreBuiltAndThenPushedUnderTheNamesThatTheChartTakes() throws IOException {
    build("--push", "--no-maven", "registry.example/identity/", "1.2.3", "--platform=linux/arm64");

    List<String> lines = Files.readAllLines(calls);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .startsWith("build -f images/nmi/Dockerfile -t registry.example/identity/nmi:1.2.3 ")
        .contains(" --platform=linux/arm64 ");
    assertThat(lines.get(1))
        .startsWith("build -f images/mic/Dockerfile -t registry.example/identity/mic:1.2.3 ");
    assertThat(lines.subList(2, 4))
        .containsExactly(
            "push registry.example/identity/nmi:1.2.3", "push registry.example/identity/mic:1.2.3");
  }

  @Test
  void nothingIsPushedUnasked() throws IOException {
    build("--no-maven", "registry.example/identity");

    assertThat(Files.readAllLines(calls)).hasSize(2).allMatch(line -> line.startsWith("build "));
  }

  /** GNU's alone takes one; macOS has another. */
  @Test
  void filesHaveTheTimeOfTheProjectWithoutAskingDateForIt() throws IOException {
    program("date", "exit 1");

    build("--no-maven", "registry.example/identity");

    Matcher time =
        Pattern.compile("outputTimestamp>(.+)</").matcher(Files.readString(Chart.file("pom.xml")));
    assertThat(time.find()).isTrue();
    assertThat(Files.readAllLines(calls))
        .allMatch(
            line ->
                line.contains(
                    " SOURCE_DATE_EPOCH=%d "
                        .formatted(Instant.parse(time.group(1)).getEpochSecond())));
  }

  private void build(String... arguments) {
    Command.of(
            Stream.concat(Stream.of(Chart.file("images/build.sh").toString()), Stream.of(arguments))
                .toList())
        .withEnvironment("PATH", folder + ":" + System.getenv("PATH"))
        .withEnvironment("IMAGE_BUILDER", builder.toString())
        .output();
  }

  private Path program(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
