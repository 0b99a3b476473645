package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.io.TempDir;

/**
 * The distribution's scripts: an archive or a cache of classes is used where it was made, and
 * nowhere else.
 */
final class StartScriptIT {

  private static final String FROM_ARCHIVE =
      "io.podidentity.nmi.NmiMain source: shared objects file";
  private static final String FROM_JAR = "io.podidentity.nmi.NmiMain source: file:";

  @TempDir Path folder;

  @Test
  void archiveIsUsedWhereItWasMade() throws IOException {
    Path home = install(folder.resolve("here"));
    assertThat(classesLoaded(home)).contains(FROM_JAR);

    Command.of(home + "/bin/nmi-archive")
        .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
        .withTimeout(Duration.ofMinutes(2))
        .output();
    assertThat(classesLoaded(home)).contains(FROM_ARCHIVE);

    Path elsewhere = Files.move(home, folder.resolve("elsewhere"));
    // Not even the JVM's own archive would be used beside one that does not fit.
    assertThat(classesLoaded(elsewhere))
        .contains(FROM_JAR, "java.lang.Object source: shared objects file");
  }

  @Test
  @EnabledForJreRange(minVersion = 25)
  void cacheOfATrainingRunIsUsedWhereItWasMade() throws IOException {
    Path home = install(folder.resolve("here"));

    train(home, "--version");
    assertThat(classesLoaded(home)).contains(FROM_ARCHIVE);

    Path elsewhere = Files.move(home, folder.resolve("elsewhere"));
    assertThat(classesLoaded(elsewhere))
        .contains(FROM_JAR, "java.lang.Object source: shared objects file");
  }

  @Test
  @EnabledForJreRange(maxVersion = 24)
  void trainingSaysWhichJavaItNeeds() throws IOException {
    Path home = install(folder.resolve("here"));

    assertThatThrownBy(() -> train(home, "--version"))
        .hasMessageContaining("is not Java 25 or newer: set JAVA_HOME to one that is");
  }

  /** One that reads the whole cluster has more memory than the program that reads its node. */
  @Test
  void commandMayHaveOptionsOfItsOwn() {
    assertThat(finalFlags("--version")).containsPattern("MaxHeapSize += 67108864 ");
    assertThat(finalFlags("doctor", "--version")).containsPattern("MaxHeapSize += 67108864 ");
    assertThat(finalFlags("explain", "--version")).containsPattern("MaxHeapSize += 201326592 ");
  }

  private static String finalFlags(String... words) {
    return Command.of(ProjectFiles.program("nmi"))
        .withArguments(List.of(words))
        .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
        .withEnvironment("NMI_JAVA_OPTS", "-XX:+PrintFlagsFinal")
        .output();
  }

  @Test
  void lockdownNeedsNoJava() {
    assertThat(
            Command.of(ProjectFiles.program("nmi"), "lockdown", "--print")
                .withEnvironment("JAVA_HOME", folder.toString())
                .output())
        .contains("rule add pref 2 from all to 169.254.169.254 prohibit");
  }

  /** The distribution as it is copied to another machine: without an archive. */
  private static Path install(Path home) {
    Path built = Path.of(ProjectFiles.program("nmi")).getParent().getParent();
    Command.of("cp", "-R", built.toString(), home.toString()).output();
    for (String made : List.of("/nmi.jsa", "/nmi.aot")) {
      Command.of("rm", "-f", home + made, home + made + ".for").output();
    }
    return home;
  }

  private static void train(Path home, String flag) {
    Command.of(home + "/bin/nmi-train", flag)
        .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
        .withTimeout(Duration.ofMinutes(2))
        .output();
  }

  private static String classesLoaded(Path home) {
    return Command.of(home + "/bin/nmi", "--version")
        .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
        .withEnvironment("NMI_JAVA_OPTS", "-Xlog:class+load")
        .output();
  }
}
