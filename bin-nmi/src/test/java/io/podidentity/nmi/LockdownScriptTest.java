package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.iptables.BackendChoice;
import io.podidentity.iptables.Lockdown;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script and the program write the same lockdown. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.IPTABLES_LEGACY})
class LockdownScriptTest {
  private static final String SCRIPT =
      Path.of("src/dist/bin/nmi-lockdown").toAbsolutePath().toString();

  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("script");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "10.0.0.9"})
  void bothShowTheSame(String address) {
    assertThat(script("--print", "--metadata-ip=" + address).stdout())
        .isEqualTo(lockdown(address).text());
  }

  @Test
  void whatOneWroteTheOtherLeavesAlone() {
    script();
    String written = rules();
    assertThat(lockdown("169.254.169.254").ensure()).isFalse();
    assertThat(script().exitCode()).isZero();
    assertThat(rules()).isEqualTo(written);
  }

  @Test
  void halfTheRulesAndThoseOfAnotherAddressAreReplaced() {
    script("--metadata-ip=10.0.0.9");
    node.exec("ip", "-4", "rule", "del", "pref", "1");
    script();
    assertThat(lockdown("169.254.169.254").ensure()).isFalse();
    assertThat(rules()).doesNotContain("10.0.0.9");
  }

  @Test
  void layerThatFailsDoesNotKeepTheOtherAwayAndIsAFailure(@TempDir Path programs)
      throws IOException {
    // A kernel without policy routing.
    Path ip = Files.writeString(programs.resolve("ip"), "#!/bin/sh\nexit 2\n");
    assertThat(ip.toFile().setExecutable(true)).isTrue();

    CommandResult result =
        node.inside(Command.of("sh", "-c", "PATH=%s:$PATH %s".formatted(programs, SCRIPT))).run();

    assertThat(result.exitCode()).isNotZero();
    assertThat(rules()).contains("table ip podidentity-lockdown").doesNotContain("proto 169");
  }

  @Test
  void kernelWithoutTablesForBridgesIsNoFailure(@TempDir Path programs) throws IOException {
    CommandResult result = withNft(programs, "case $text in *bridge*) exit 1 ;; esac");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(rules())
        .contains("table ip podidentity-lockdown", "prohibit proto 169")
        .doesNotContain("table bridge");
  }

  @Test
  void failureThatSaysNothingOfTheKernelIsAFailure(@TempDir Path programs) throws IOException {
    CommandResult result = withNft(programs, "case \"$* $text\" in -c* | *bridge*) exit 1 ;; esac");

    assertThat(result.exitCode()).isNotZero();
    assertThat(rules()).contains("table ip podidentity-lockdown", "prohibit proto 169");
  }

  /** What it writes goes through this first. */
  private CommandResult withNft(Path programs, String failing) throws IOException {
    String real = Command.of("sh", "-c", "command -v nft").output().strip();
    Path nft =
        Files.writeString(
            programs.resolve("nft"),
            """
            #!/bin/sh
            [ "$1" = list ] && exec %1$s "$@"
            text=$(cat)
            %2$s
            echo "$text" | %1$s "$@"
            """
                .formatted(real, failing));
    assertThat(nft.toFile().setExecutable(true)).isTrue();
    return node.inside(Command.of("sh", "-c", "PATH=%s:$PATH %s".formatted(programs, SCRIPT)))
        .run();
  }

  @Test
  void printWritesNothing() {
    String before = rules();
    script("--print");
    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void whatItDoesNotKnowIsRefused() {
    assertThat(run("--port=80").exitCode()).isEqualTo(2);
    assertThat(run("--metadata-ip=imds").exitCode()).isEqualTo(2);
    assertThat(run("--metadata-ip=").exitCode()).isEqualTo(2);
  }

  private RuleSet lockdown(String address) {
    NodePrograms programs =
        NodePrograms.HERE.withPrefix(List.of("ip", "netns", "exec", node.name()));
    return Lockdown.of(address, programs, BackendChoice.auto(programs));
  }

  private CommandResult script(String... arguments) {
    CommandResult result = run(arguments);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result;
  }

  private CommandResult run(String... arguments) {
    List<String> words = new ArrayList<>(List.of(SCRIPT));
    words.addAll(List.of(arguments));
    return node.inside(Command.of(words).withTimeout(Duration.ofSeconds(60))).run();
  }

  private String rules() {
    return node.exec("ip", "-4", "rule") + node.exec("nft", "list", "ruleset");
  }
}
