package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which failures of nft mean that a node has no tables for bridges, and what is taken for the table
 * that was written. With a shell script in nft's place: no kernel fails so when it is asked to.
 */
final class BridgedDropTest {
  /** Keeps one table in a file. The lines before it say what goes wrong. */
  private static final String NFT =
      """
      input=
      case $* in *"-f -") input=$(cat) ;; esac
      %s
      case $* in
        "list tables"*) ;;
        list*) cat table ;;
        -f*) echo "$input" | grep -v '^add\\|^delete' >table ;;
      esac
      """;

  private static final String NO_BRIDGES = "case $input in *bridge*) exit 1 ;; esac";

  @TempDir private Path folder;

  @Test
  void tableIsWrittenOnce() {
    BridgedDrop drop = drop("");
    drop.check();
    assertThat(drop.ensure()).isTrue();
    assertThat(drop.ensure()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {NO_BRIDGES, "exit 1"})
  void kernelWithoutTablesForBridgesOrAnyIsNoFailure(String failing) {
    BridgedDrop drop = drop(failing);
    drop.check();
    assertThat(drop.ensure()).isFalse();
    assertThat(drop.ensure()).isFalse();
  }

  @Test
  void nodeWithoutNftIsNoFailure() {
    BridgedDrop drop =
        new BridgedDrop(
            "169.254.169.254", NodePrograms.HERE.withPrefix(List.of("no-such-program")));
    drop.check();
    assertThat(drop.ensure()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // It does not end.
        "case $input in *bridge*) exec sleep 300 ;; esac",
        "exec sleep 300",
        // It fails whatever is asked.
        "[ -z \"$input\" ] || exit 1",
        // It fails at this table, and not at the family.
        "case $input in *drop*) exit 1 ;; esac",
      })
  void failureThatSaysNothingOfTheKernelIsAFailure(String failing) {
    assertThatThrownBy(drop(failing)::ensure).isInstanceOf(PodIdentityException.class);
  }

  @Test
  void programThatCannotBeStartedIsAFailure() throws IOException {
    Path program = Files.createFile(folder.resolve("nft"));
    BridgedDrop drop =
        new BridgedDrop(
            "169.254.169.254", NodePrograms.HERE.withPrefix(List.of(program.toString())));
    assertThatThrownBy(drop::ensure).isInstanceOf(PodIdentityException.class);
  }

  @Test
  void tableThatWasWrittenShowsThatTheFamilyIsThere() throws IOException {
    BridgedDrop drop = drop("[ ! -e broken ] || { " + NO_BRIDGES + "; }");
    assertThat(drop.ensure()).isTrue();
    Files.createFile(folder.resolve("broken"));
    assertThat(drop.ensure()).isFalse();

    Files.delete(folder.resolve("table"));

    assertThatThrownBy(drop::ensure).isInstanceOf(PodIdentityException.class);
  }

  /** Between the write and the look at what was written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s/^table.*/&\\n accept/",
        "s/daddr 169.254.169.254 drop/daddr 169.254.169.254 accept/",
        "s/goto tagged/return/",
        "/drop/d",
        "d",
      })
  void whatAStrangerDoesMeanwhileIsNotTakenForOurs(String change) throws IOException {
    Path stranger = Files.createFile(folder.resolve("stranger"));
    BridgedDrop drop =
        drop("[ ! -e stranger ] || case $* in list*) sed -i '" + change + "' table ;; esac");
    for (int looks = 0; looks < 2; looks++) {
      assertThatThrownBy(drop::ensure)
          .isInstanceOf(PodIdentityException.class)
          .hasMessageContaining("is changed as soon as it is written");
    }

    Files.delete(stranger);

    assertThat(drop.ensure()).isTrue();
    assertThat(drop.ensure()).isFalse();
  }

  private BridgedDrop drop(String failing) {
    String script = "cd " + folder + "\n" + NFT.formatted(failing);
    NodePrograms programs =
        NodePrograms.HERE
            .withPrefix(List.of("sh", "-c", script))
            .withLimits(
                IptablesCommands.DEFAULT_LOCK, Duration.ofSeconds(1), Duration.ofSeconds(2));
    return new BridgedDrop("169.254.169.254", programs);
  }
}
