package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.NodeNetwork;
import io.podidentity.harness.net.PodNetwork;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection of a pod to IMDS from before the redirect. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.CONNTRACK})
final class ConntrackDeletionTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  static final RedirectRules RULES = RedirectRules.DEFAULT;

  /** Sends each line that comes from the pipe; says when the connection is closed. */
  private static final String CLIENT =
      "exec 3<>/dev/tcp/169.254.169.254/80; exec 4<>$0; { cat <&3; echo closed; } &"
          + " while read -r l <&4; do echo $l >&3; done";

  @TempDir private Path folder;

  /** With the lockdown it is mute at once, and reset when its entry is deleted. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectionFromBeforeIsResetWhenItsEntryIsDeleted(boolean locked) throws IOException {
    try (ClusterNetwork network = ClusterNetwork.create(1)) {
      NodeNetwork node = network.node(0);
      PodNetwork pod = node.addPod("pod");
      // As kube-proxy's rules do: without any such rule the kernel remembers no connection.
      Backend.NFT.iptables(node.namespace(), "-A POSTROUTING -p udp -j MASQUERADE");
      ManagedProcess imds =
          LineSinkMain.start(network.azure(), ClusterNetwork.IMDS_ADDRESS, RULES.metadataPort());
      ManagedProcess nmi = LineSinkMain.start(node.namespace(), "127.0.0.1", RULES.nmiPort());
      Path lines = folder.resolve("lines");
      Command.of("mkfifo", lines.toString()).output();
      try (ManagedProcess client =
              pod.namespace().start("kept", "bash", "-c", CLIENT, lines.toString());
          Writer writer = Files.newBufferedWriter(lines)) {
        say(writer, "before");
        imds.awaitLine(Pattern.compile("said before"), LIMIT);

        if (locked) {
          ForwardLayer.NFT.lockdown(node.namespace()).ensure();
        }
        RuleSet redirect = Backend.NFT.redirect(node.namespace());
        redirect.ensure();
        say(writer, "beside");
        if (!locked) {
          imds.awaitLine(Pattern.compile("said beside"), LIMIT);
        }

        deletion(redirect, node).ensure();
        say(writer, "after");
        // From the node: it has no such connection.
        client.awaitLine(Pattern.compile("^closed$"), LIMIT);
        assertThat(Files.readString(imds.log()))
            .doesNotContain("after")
            .satisfies(said -> assertThat(said.contains("beside")).isEqualTo(!locked));
        assertThat(Files.readString(nmi.log())).doesNotContain("after");
      }
    }
  }

  @Test
  void textShowsItAfterTheRedirect() {
    RuleSet redirect = new LoopbackAddress("169.254.25.79", NodePrograms.HERE);
    assertThat(new ConntrackDeletion(redirect, RULES, NodePrograms.HERE).text())
        .isEqualTo(redirect.text() + "# conntrack -D -p tcp -d 169.254.169.254 --dport 80\n");
  }

  @Test
  void failureIsNoneOfTheRedirect() {
    RuleSet redirect = new NodeRuleSets(List.of());
    NodePrograms none = NodePrograms.HERE.withPrefix(List.of("no-such-program"));
    assertThat(new ConntrackDeletion(redirect, RULES, none).ensure()).isFalse();
  }

  @Test
  void noneToDeleteIsNoFailure() {
    // What conntrack 1.4.7 writes to its standard error, with exit code 1.
    assertThat(
            ConntrackDeletion.deleted(
                "conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.\n"))
        .hasValue(0);
    assertThat(ConntrackDeletion.deleted("conntrack v1.4.7: Operation failed")).isEmpty();
  }

  private static RuleSet deletion(RuleSet redirect, NodeNetwork node) {
    return new ConntrackDeletion(redirect, RULES, Backend.programs(node.namespace()));
  }

  private static void say(Writer writer, String line) throws IOException {
    writer.write(line + "\n");
    writer.flush();
  }
}
