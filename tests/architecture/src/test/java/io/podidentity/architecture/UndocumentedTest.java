package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever others can call of what is published has Javadoc. */
final class UndocumentedTest {
  @TempDir private Path folder;

  @Test
  void whatIsPublicHasJavadoc() throws IOException {
    List<Path> published =
        Stream.of("api", "azure", "k8s", "iptables", "testkit")
            .map(name -> Path.of("..", "..", "podidentity-" + name, "src", "main", "java"))
            .toList();

    assertThat(Undocumented.in(published)).isEmpty();
  }

  @Test
  void whatHasNoneIsFound() throws IOException {
    Files.writeString(
        folder.resolve("Planted.java"),
        """
        public class Planted {
          public Planted() {}
          public int field;
          protected void method() {}
          @Override public String toString() { return ""; }
          /** Has one. */
          public void documented() {}
          void closed() {}
          class Closed { public int unseen; }
          /** Has one. */
          public interface Port { void call(); int CONSTANT = 1; private void unseen() {} }
          public enum Kind { ONE }
          /** Has one. */
          public record Value(int part) { public Value {} }
        }
        """);

    assertThat(Undocumented.in(List.of(folder)))
        .containsExactly(
            "Planted",
            "Planted.<init>",
            "Planted.field",
            "Planted.method",
            "Planted.Port.call",
            "Planted.Port.CONSTANT",
            "Planted.Kind",
            "Planted.Kind.ONE",
            "Planted.Value.<init>");
  }
}
