package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often the commands are called, and what happens if another program writes in between. */
@RequiresRealPart(RealPart.NETWORK_NAMESPACES)
final class RivalTest {

  private static final String DELETE_JUMP = "-D PREROUTING -j aad-metadata";

  @TempDir private Path folder;
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("rival");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @ParameterizedTest
  @EnumSource
  void lookIsOneReadAndAChangeOneWrite(Backend backend) throws IOException {
    backend.require();
    IptablesRedirect redirect = watched(backend, "true", "true");
    redirect.ensure();
    // The second look checks what the first one wrote.
    assertThat(calls()).containsExactly("save", "restore", "save");
    redirect.ensure();
    assertThat(calls()).containsExactly("save", "restore", "save", "save");
  }

  @ParameterizedTest
  @EnumSource
  void changeThatMeetsAnotherProgramsChangeIsPlannedAnew(Backend backend) throws IOException {
    backend.require();
    backend.redirect(node).ensure();
    backend.iptables(node, "-A PREROUTING -j aad-metadata");
    // Two jumps are seen; when they are to be deleted, there is only one.
    IptablesRedirect redirect = watched(backend, once(backend, DELETE_JUMP), "true");
    assertThat(redirect.ensure()).isFalse();
    assertThat(calls()).containsExactly("save", "restore", "save");
    assertThat(backend.list(node)).containsAll(RedirectRules.DEFAULT.lines());
  }

  @ParameterizedTest
  @EnumSource
  void jumpThatVanishesBeforeItsRemovalIsNoError(Backend backend) throws IOException {
    backend.require();
    backend.redirect(node).ensure();
    watched(backend, once(backend, DELETE_JUMP), "true").remove();
    assertThat(calls()).containsExactly("save", "restore", "save", "restore", "save");
    assertThat(backend.list(node)).doesNotContain("-N aad-metadata");
  }

  @ParameterizedTest
  @EnumSource
  void programThatUndoesEveryChangeIsReportedAndNotFoughtForever(Backend backend)
      throws IOException {
    backend.require();
    IptablesRedirect redirect = watched(backend, "true", always(backend, DELETE_JUMP));
    assertThatThrownBy(redirect::ensure)
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("is changed as soon as it is written");
    assertThat(calls().stream().filter("restore"::equals)).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource
  void changeThatTheKernelRefusesIsTriedOnce(Backend backend) throws IOException {
    backend.require();
    IptablesCommands commands = backend.commands(node);
    IptablesRedirect redirect =
        new IptablesRedirect(
            RedirectRules.DEFAULT,
            withRestore(commands, shell("echo restore >>" + log() + "; echo no >&2; exit 1")));
    assertThatThrownBy(redirect::ensure).hasMessageEndingWith("failed with exit code 1: no");
    assertThat(calls()).containsExactly("restore");
  }

  /** Writes down each call, with shell commands before and after the real write. */
  private IptablesRedirect watched(Backend backend, String before, String after) {
    IptablesCommands real = backend.commands(node);
    return new IptablesRedirect(
        RedirectRules.DEFAULT,
        new IptablesCommands(
            shell("echo save >>%s; exec %s \"$@\"".formatted(log(), words(real.save()))),
            shell(
                "echo restore >>%s; %s; %s \"$@\"; code=$?; %s; exit $code"
                    .formatted(log(), before, words(real.restore()), after)),
            real.lock(),
            real.lockWait(),
            real.timeout()));
  }

  private String once(Backend backend, String arguments) {
    Path done = folder.resolve("done");
    return "[ -e %s ] || { touch %s; %s; }".formatted(done, done, always(backend, arguments));
  }

  /** Without the input of the command beside it. */
  private String always(Backend backend, String arguments) {
    String iptables = words(backend.commands(node).save()).replace("-save", "");
    return iptables + " -w -t nat " + arguments + " </dev/null";
  }

  private static IptablesCommands withRestore(IptablesCommands commands, List<String> restore) {
    return new IptablesCommands(
        commands.save(), restore, commands.lock(), commands.lockWait(), commands.timeout());
  }

  private static List<String> shell(String script) {
    return List.of("sh", "-c", script, "iptables");
  }

  private static String words(List<String> words) {
    return String.join(" ", words);
  }

  private Path log() {
    return folder.resolve("calls");
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(log());
  }
}
