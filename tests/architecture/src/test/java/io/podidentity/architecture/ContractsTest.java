package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every port has a contract, whoever implements it is held to that, and every clause of it is
 * failed by a planted defect ({@code PlantedDefects.areFound} sees to the clauses).
 */
final class ContractsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  /** Those that are not held, and why. */
  private static final Map<String, String> EXCEPT =
      Map.ofEntries(
          Map.entry("Picture", "a picture of a cluster, which does not change"),
          Map.entry("HostFile", "a file that is read once, which does not change"),
          Map.entry("Workloads", "its bindings are its workloads; held as a directory of pods"),
          Map.entry("RecordShelf", "the store inside InMemoryCluster, through which it is tested"),
          Map.entry("CountedStore", "counts, and passes on; see MicMetricsTest"),
          Map.entry("LeadersView", "judges pictures, and passes them on; see LeadersViewTest"),
          Map.entry("Guard", "passes on, and throws nothing; see GuardedTelemetryTest"),
          Map.entry("ArmComputeIdentities", "behind CurrentComputeIdentities, which is held"),
          Map.entry("RouteLocalnet", "looks, and writes nothing"),
          Map.entry("SourcePins", "its rules follow the pods, and end with the process"),
          Map.entry("UnwantedRules", "removes only"));

  private static Contracts contracts;

  @BeforeAll
  static void read() throws IOException {
    contracts =
        new Contracts(
            SourceType.in(sources("/src/main/java/")), SourceType.in(sources("/src/test/java/")));
  }

  @Test
  void everyImplementationOfAPortIsHeldToItsContract() throws IOException {
    Set<String> free = new TreeSet<>();
    for (String port : Contracts.ports()) {
      free.addAll(contracts.notHeld(port));
    }

    assertThat(free).isEqualTo(new TreeSet<>(EXCEPT.keySet()));
  }

  /** An adapter, a double, and what an example has, among others. */
  @Test
  void everyPortHasAContractThatSomethingIsHeldTo() throws IOException {
    assertThat(Contracts.ports())
        .hasSizeGreaterThan(10)
        .allSatisfy(port -> assertThat(contracts.heldTo(port)).as(port).isNotEmpty());
    assertThat(contracts.heldTo("TokenSource"))
        .contains("ImdsTokenSource", "InMemoryTokens", "FederatedTokenSource");
    assertThat(contracts.heldTo("PodDirectory")).contains("NodePods", "InMemoryCluster");
  }

  @Test
  void everyContractIsTriedOnPlantedDefects() throws IOException {
    assertThat(contracts.planted())
        .isEqualTo(
            new TreeSet<>(Contracts.ports().stream().map(port -> port + "Contract").toList()));
  }

  @Test
  void implementationThatIsOnlyMentionedIsNotHeld() {
    List<SourceType> main =
        SourceType.in(
            List.of(
                "interface Port {}",
                "abstract class PortContract { abstract Port port(); }",
                "class Mentioned implements Port {}",
                "class Given implements Port {}",
                "class Made implements Port {}",
                "record Named(int a) implements More<Port> {}",
                "interface More<T> extends Port {}"));
    List<SourceType> tests =
        SourceType.in(
            List.of(
                "/** Mentioned. */ class A extends PortContract {"
                    + " Mentioned aside; Given given; Mentioned other() { return aside; }"
                    + " Port port() { /* Mentioned */ return given; } }",
                "abstract class Base extends PortContract {}",
                "class B extends Base { Port port() { return new Made(); } }",
                "class C { class D extends Base { Named port() { return null; } } }",
                "class E { Mentioned port() { return null; } }"));

    Contracts planted = new Contracts(main, tests);

    assertThat(planted.notHeld("Port")).containsExactly("Mentioned");
    assertThat(planted.heldTo("Port")).containsExactly("Given", "Made", "Named");
    assertThat(planted.planted()).isEmpty();
  }

  private static List<String> sources(String folder) throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> all = Files.walk(ROOT)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (file.toString().contains(folder) && !file.endsWith("module-info.java")) {
          sources.add(Files.readString(file));
        }
      }
    }
    return sources;
  }
}
