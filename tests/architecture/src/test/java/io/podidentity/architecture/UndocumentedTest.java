package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever others can call of what is published has Javadoc, which says what null means and what a
 * number counts.
 */
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

  @Test
  void nullAndNumbersOfWhichNothingIsSaidAreFound() throws IOException {
    Files.writeString(
        folder.resolve("Planted.java"),
        """
        /** Has one. */
        public class Planted {
          /** Says it: null if there is none. */
          public @Nullable String said() { return null; }
          /** Does not. */
          public @Nullable String unsaid() { return null; }
          /**
           * One of both.
           *
           * @param one null for none
           * @param other something
           */
          public void take(@Nullable String one, Outer.@Nullable Inner other) {}
          /** How many there are. */
          public int said(long maxBytes) { return 1; }
          /** What it is. */
          public long wait(int long_) { return 1; }
          /**
           * Has one.
           *
           * @param part null for none
           */
          public record Value(@Nullable String part, @Nullable String rest) {
            /** Of which it is said there. */
            public Value(@Nullable String part) { this(part, null); }
          }
        }
        """);

    assertThat(Undocumented.in(List.of(folder)))
        .containsExactly(
            "Planted.unsaid: null",
            "Planted.take other: null",
            "Planted.wait: unit",
            "Planted.wait long_: unit",
            "Planted.Value rest: null");
  }
}
