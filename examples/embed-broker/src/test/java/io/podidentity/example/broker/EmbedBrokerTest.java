package io.podidentity.example.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EmbedBrokerTest {
  @Test
  void workloadGetsTheTokenOfItsIdentityAndAStrangerIsRefused() throws UnknownHostException {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    try {
      EmbedBroker.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(said.toString(UTF_8).lines())
        .containsExactly(
            "10.0.0.17 has a token of ci/deployer", "10.0.0.18 is refused: pod-not-found");
  }

  /** What a stranger has to write: all but imports and comments. */
  @Test
  void brokerIsAtMostThirtyLines() throws IOException {
    Path source = Path.of("src/main/java/io/podidentity/example/broker/EmbedBroker.java");
    List<String> code =
        Files.readAllLines(source).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .filter(line -> !line.startsWith("package ") && !line.startsWith("import "))
            .filter(line -> !line.startsWith("//") && !line.startsWith("/*"))
            .toList();

    assertThat(code)
        .hasSizeBetween(20, 30)
        .anyMatch(line -> line.contains("new EmbeddedBroker("))
        .allMatch(line -> line.length() < 100);
  }
}
