package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what Go itself made of the same texts; the fixture's head says how it was recorded. */
class GoValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"int", "bool", "duration"})
  void valuesAreReadAsGoReadsThem(String kind) throws IOException {
    List<String> rows = recorded(kind);

    assertThat(rows).hasSizeGreaterThan(20);
    assertThat(rows).allSatisfy(row -> assertThat(asHere(row)).isEqualTo(row));
  }

  /** The row as it would be, had it been recorded here. */
  private static String asHere(String row) {
    String[] fields = row.split("\t", -1);
    return fields[0] + "\t" + fields[1] + "\t" + valueHere(fields[0], unquoted(fields[1]));
  }

  private static String valueHere(String kind, String text) {
    try {
      return switch (kind) {
        case "int" -> String.valueOf(GoInteger.parse(text));
        case "bool" -> String.valueOf(GoBoolean.parse(text));
        default -> String.valueOf(GoDuration.parse(text).toNanos());
      };
    } catch (IllegalArgumentException e) {
      return "error";
    }
  }

  private static String unquoted(String text) {
    // Its escapes beyond ASCII are those of Java, and there are no others in the fixture.
    StringBuilder plain = new StringBuilder();
    for (int i = 1; i < text.length() - 1; i++) {
      if (text.charAt(i) == '\\') {
        plain.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  private static List<String> recorded(String kind) throws IOException {
    try (InputStream in = GoValuesTest.class.getResourceAsStream("go-values.tsv")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      List<String> rows = new ArrayList<>(all.lines().toList());
      rows.removeIf(row -> !row.startsWith(kind + "\t"));
      return rows;
    }
  }
}
