package io.podidentity.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command lines of a program in files that the Helm chart rendered. */
public final class RenderedArguments {

  private RenderedArguments() {}

  /**
   * All that differ. Containers without arguments count as none, and so do those with their
   * arguments on one line, which are not of the program but of a script.
   *
   * @param folder holds the rendered files
   * @param program the name of its image
   * @throws HarnessException if there are none
   */
  public static Set<List<String>> of(Path folder, String program) {
    Pattern container =
        Pattern.compile(
            "image: \"[^\"]*/"
                + program
                + ":[^\"]*\"\\n +imagePullPolicy: .*\\n"
                + " +args:\\n((?: +- .*\\n)+)");
    Set<List<String>> found = new LinkedHashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        Matcher matcher = container.matcher(Files.readString(file));
        while (matcher.find()) {
          found.add(
              matcher.group(1).lines().map(line -> unquoted(line.strip().substring(2))).toList());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
    if (found.isEmpty()) {
      throw new HarnessException("no arguments of " + program + " in " + folder);
    }
    return found;
  }

  private static String unquoted(String word) {
    return word.startsWith("\"") ? word.substring(1, word.length() - 1) : word;
  }
}
