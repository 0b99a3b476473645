package io.podidentity.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever implements a port that has a contract is held to it, by a test that extends it. */
final class ContractsTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  /** Those that are not, and why. */
  private static final Map<String, String> EXCEPT =
      Map.of(
          "Picture", "a picture of a cluster, which does not change",
          "HostFile", "a file that is read once, which does not change",
          "Workloads", "knows no phases, labels or controllers; see WorkloadsTest",
          "RecordShelf", "the store inside InMemoryCluster, through which it is tested",
          "CountedStore", "counts, and passes on",
          "CountedSecrets", "counts, and passes on",
          "CurrentComputeIdentities", "passes on to the newest client",
          "TokenServices", "passes on to one of two",
          "OwnTokensOnly", "checks what it passes on");

  @Test
  void everyImplementationOfAPortIsHeldToItsContract() throws IOException {
    Map<Path, String> main = sources("/src/main/java/");
    Map<Path, String> tests = sources("/src/test/java/");
    Set<String> free = new TreeSet<>();
    Set<String> held = new TreeSet<>();
    for (String port : portsWithContracts()) {
      List<String> extending =
          tests.values().stream()
              .filter(source -> source.contains("extends " + port + "Contract"))
              .toList();
      for (String implementation : implementations(port, main)) {
        boolean tested = extending.stream().anyMatch(source -> source.contains(implementation));
        (tested ? held : free).add(implementation);
      }
    }

    free.removeAll(held);
    assertThat(held).contains("NodePods", "ArmComputeIdentities", "FederatedTokenSource");
    assertThat(free).isEqualTo(new TreeSet<>(EXCEPT.keySet()));
  }

  private static List<String> portsWithContracts() throws IOException {
    Path contracts =
        ROOT.resolve("podidentity-testkit/src/main/java/io/podidentity/testkit/contract");
    try (Stream<Path> files = Files.list(contracts)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Contract.java"))
          .map(name -> name.replace("Contract.java", ""))
          .toList();
    }
  }

  private static List<String> implementations(String port, Map<Path, String> main) {
    Pattern implementing =
        Pattern.compile("(?:class|record) \\w+[^{]*\\bimplements\\b[^{]*\\b" + port + "\\b");
    List<String> found = new ArrayList<>();
    main.forEach(
        (file, source) -> {
          if (implementing.matcher(source).find()) {
            found.add(file.getFileName().toString().replace(".java", ""));
          }
        });
    return found;
  }

  private static Map<Path, String> sources(String folder) throws IOException {
    Map<Path, String> sources = new TreeMap<>();
    try (Stream<Path> all = Files.walk(ROOT)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (file.toString().contains(folder)) {
          sources.put(file, Files.readString(file));
        }
      }
    }
    return sources;
  }
}
