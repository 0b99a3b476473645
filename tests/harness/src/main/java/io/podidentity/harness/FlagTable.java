package io.podidentity.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

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
