package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What deploy/node offers, by systemd itself. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT, RealPart.SYSTEMD})
class NodeUnitTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path NODE = Path.of("../deploy/node");
  private static final String SCRIPT =
      Path.of("src/dist/bin/nmi-lockdown").toAbsolutePath().toString();

  private static final Pattern CONFIGURED = Pattern.compile("eth0: .*-> configured$");

  /** networkd in a namespace of its own; it takes links for ready where it cannot ask udev. */
  private static final String NETWORKD =
      """
      mount -t tmpfs none /run
      mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
      mkdir -p /run/systemd/network /run/systemd/networkd.conf.d
      chown -R systemd-network /run/systemd/netif
      cp "$0"/*.conf /run/systemd/networkd.conf.d/ || true
      cp "$0"/*.network /run/systemd/network/
      mount -o remount,ro,bind /sys
      export SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console
      exec /lib/systemd/systemd-networkd
      """;

  @Test
  void unitHasNothingThatSystemdDoesNotKnow(@TempDir Path folder) throws IOException {
    String unit = Files.readString(NODE.resolve("podidentity-lockdown.service"));
    assertThat(unit).contains("ExecStart=/usr/local/sbin/nmi-lockdown\n");

    assertThat(verify(folder, unit)).isEmpty();

    assertThat(verify(folder, unit.replace("RemainAfterExit", "RemainAfter")))
        .contains("Unknown key");
    assertThat(verify(folder, unit.replace("oneshot", "once"))).contains("once");
  }

  private static String verify(Path folder, String unit) throws IOException {
    Path file = folder.resolve("podidentity-lockdown.service");
    Files.writeString(file, unit.replace("/usr/local/sbin/nmi-lockdown", SCRIPT));
    CommandResult result =
        Command.of(
                "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", file.toString())
            .run();
    return result.exitCode() == 0 ? result.stderr() : "failed: " + result.stderr();
  }

  /** It does so when a link is to be configured anew, as by another file or by "networkctl". */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void networkdLeavesTheRoutingRulesWhereItIsToldTo(boolean told, @TempDir Path folder)
      throws IOException {
    network(folder, 1);
    network(folder, 2);
    if (told) {
      Files.copy(NODE.resolve("networkd.conf"), folder.resolve("podidentity.conf"));
    }
    try (NetworkNamespace node = NetworkNamespace.create("networkd")) {
      node.ip("link add eth0 address 02:00:00:00:00:01 type veth peer name eth1");
      node.ip("link set eth1 up");
      node.exec(SCRIPT);
      String before = node.exec("ip", "-4", "rule");
      assertThat(before).contains("to 169.254.169.254 prohibit");
      ManagedProcess networkd =
          node.start(
              "networkd",
              "unshare",
              "-m",
              "--propagation",
              "private",
              "sh",
              "-c",
              NETWORKD,
              folder.toString());
      networkd.awaitLine(CONFIGURED, LIMIT);
      assertThat(node.exec("ip", "-4", "rule")).isEqualTo(before);
      long said = networkd.lineCount();

      node.ip("link set eth1 down", "link set eth0 address 02:00:00:00:00:02", "link set eth1 up");
      networkd.awaitLine(CONFIGURED, said, LIMIT);

      assertThat(node.exec("ip", "-4", "address", "show", "dev", "eth0")).contains("10.0.0.2/24");
      String after = node.exec("ip", "-4", "rule");
      if (told) {
        assertThat(after).isEqualTo(before);
      } else {
        // The other layer holds; NMI puts this one back.
        assertThat(after).doesNotContain("prohibit");
        node.exec(SCRIPT);
        assertThat(node.exec("ip", "-4", "rule")).isEqualTo(before);
      }
    }
  }

  private static void network(Path folder, int number) throws IOException {
    Files.writeString(
        folder.resolve(number + ".network"),
        """
        [Match]
        MACAddress=02:00:00:00:00:0%1$d
        [Network]
        LinkLocalAddressing=no
        IPv6AcceptRA=no
        Address=10.0.0.%1$d/24
        """
            .formatted(number));
  }
}
