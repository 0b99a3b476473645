package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.http.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SIMULATED-AZURE.md has a row, and a vendor's page, for all that the simulators do. */
final class SimulatedBehavioursTest {
  private static final Path PAGE = Path.of("SIMULATED-AZURE.md");
  private static final Path SOURCES = Path.of("src/main/java/io/podidentity/testkit/azure");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");
  private static final Pattern WORD = Pattern.compile("\\b(\\w+)\\b");
  private static final Pattern GROUND = Pattern.compile("\\(https://\\S+\\)|^ no page: .");

  @ParameterizedTest
  @MethodSource("rows")
  void rowHasAPageOrTheReasonWhyNot(String row) {
    String[] columns = row.split("\\|", -1);

    assertThat(columns).hasSize(5);
    assertThat(columns[3]).containsPattern(GROUND);
  }

  @Test
  void everythingThatASimulatorDoesHasARow() {
    Set<String> wanted = new TreeSet<>();
    factories(EntraError.class, EntraError.class).forEach(wanted::add);
    factories(ArmErrors.class, ArmError.class).forEach(wanted::add);
    Arrays.stream(WriteBehaviour.Mode.values()).forEach(mode -> wanted.add(mode.name()));
    Arrays.stream(Fault.Kind.values()).forEach(kind -> wanted.add(kind.name()));
    Stream.of(FakeImds.class, FakeEntra.class, FakeArm.class)
        .flatMap(SimulatedBehavioursTest::dials)
        .forEach(wanted::add);
    wanted.addAll(List.of("denyAssign", "allowAssign", "rejectResource"));

    assertThat(named()).containsAll(wanted);
  }

  /** What is named and is gone would be a claim of nothing. */
  @Test
  void everythingThatHasARowIsThere() {
    Set<String> known = new TreeSet<>();
    sources().forEach(source -> WORD.matcher(source).results().forEach(add(known)));
    Arrays.stream(Fault.Kind.values()).forEach(kind -> known.add(kind.name()));

    assertThat(known).containsAll(named());
  }

  private static Consumer<MatchResult> add(Set<String> names) {
    return found -> names.add(found.group(1));
  }

  private static Stream<String> factories(Class<?> owner, Class<?> made) {
    return Arrays.stream(owner.getDeclaredMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == made)
        .map(Method::getName);
  }

  /** By which a test changes what a simulator does. */
  private static Stream<String> dials(Class<?> simulator) {
    return Arrays.stream(simulator.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> method.getReturnType() == void.class)
        .map(Method::getName)
        .filter(name -> !name.equals("close"));
  }

  static List<String> rows() {
    String behaviours = text(PAGE).split("\n## The control endpoint", 2)[0];
    return behaviours.lines().filter(line -> line.startsWith("| `")).toList();
  }

  private static Set<String> named() {
    Set<String> names = new TreeSet<>();
    for (String row : rows()) {
      NAME.matcher(row.split("\\|", -1)[1]).results().forEach(add(names));
    }
    return names;
  }

  private static List<String> sources() {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.map(SimulatedBehavioursTest::text).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
