package io.podidentity.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The flags of a Go program as its help lists them: lines of name, type and default with tabs in
 * between; lines with {@code #} say where they are from.
 */
public final class FlagTable {
  /** Values that Go refuses, by the type of the flag. */
  private static final Map<String, List<String>> BAD =
      Map.of(
          "bool", List.of("yes", "", "2", "tRUE"),
          "int", List.of("x", "", "1.5", "99999999999999999999"),
          "float", List.of("x", ""),
          "duration", List.of("3", "", "1d", "PT1H"),
          "string", List.of());

  private FlagTable() {}

  /**
   * A flag.
   *
   * @param type {@code bool}, {@code int}, {@code float}, {@code duration} or {@code string}
   * @param defaultValue as Go writes it; may be empty
   */
  public record Flag(String name, String type, String defaultValue) {
    /** Some values that Go refuses for this type. */
    public List<String> badValues() {
      return BAD.getOrDefault(type, List.of());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The flags that the document calls "accepted and without effect" for now.
   *
   * @param document docs/compatibility.md
   * @param program as the document has it, for example {@code NMI}
   */
  public static Set<String> documentedWithoutEffect(Path document, String program) {
    String text;
    try {
      text = Files.readString(document);
    } catch (IOException e) {
      throw new HarnessException("cannot read " + document, e);
    }
    int start = text.indexOf("Accepted and without effect");
    if (start < 0) {
      throw new HarnessException(document + " does not say which flags have no effect");
    }
    Matcher list =
        Pattern.compile(program + " ((?:`[^`]+`,?\\s*)+)[;.]").matcher(text.substring(start));
    return list.find()
        ? Pattern.compile("[^`,\\s]+")
            .matcher(list.group(1))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet())
        : Set.of();
  }

  /**
   * Reads a table.
   *
   * @param beside the class whose package it is in
   */
  public static List<Flag> read(Class<?> beside, String resource) {
    try (InputStream in = beside.getResourceAsStream(resource)) {
      if (in == null) {
        throw new HarnessException("there is no " + resource + " beside " + beside.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(fields -> new Flag(fields[0], fields[1], fields[2]))
          .toList();
    } catch (IOException e) {
      throw new HarnessException("cannot read " + resource, e);
    }
  }
}
