package io.podidentity.harness.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.harness.Await;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandFailedException;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresRealPart(RealPart.NETWORK_NAMESPACES)
final class NetworkNamespaceTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void namespaceIsThereUntilItIsClosed() {
    NetworkNamespace namespace = NetworkNamespace.create("test");
    assertThat(names()).contains(namespace.name());
    namespace.close();
    assertThat(names()).doesNotContain(namespace.name());
    namespace.close();
  }

  @Test
  void closingKillsWhatRunsInside() {
    NetworkNamespace namespace = NetworkNamespace.create("test");
    try (ManagedProcess process = namespace.start("sleeper", "sleep", "600")) {
      Await.until("sleep", LONG, () -> nameOf(process).equals("sleep"));
      namespace.close();
      assertThat(process.awaitExit(LONG)).isEqualTo(137);
    }
  }

  @Test
  void processIdIsThatOfTheProgramInside() {
    try (NetworkNamespace namespace = NetworkNamespace.create("test");
        ManagedProcess process = namespace.start("sleeper", "sleep", "600")) {
      Await.until("sleep", LONG, () -> nameOf(process).equals("sleep"));
      assertThat(Command.of("ip", "netns", "pids", namespace.name()).output().strip())
          .isEqualTo(Long.toString(process.pid()));
      assertThat(process.stop(LONG)).isEqualTo(143);
    }
  }

  @Test
  void nothingButLoopbackIsInsideAndItIsUp() {
    try (NetworkNamespace namespace = NetworkNamespace.create("test")) {
      assertThat(namespace.exec("ip", "-o", "link").lines())
          .singleElement()
          .asString()
          .contains("lo: <LOOPBACK,UP");
      assertThatThrownBy(() -> namespace.exec("ip", "route", "get", "192.0.2.1"))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContaining("unreachable");
    }
  }

  @Test
  void kernelParametersStayInside() throws IOException {
    Path parameter = Path.of("/proc/sys/net/ipv4/conf/all/route_localnet");
    String outside = Files.readString(parameter);
    try (NetworkNamespace namespace = NetworkNamespace.create("test")) {
      String other = outside.strip().equals("0") ? "1" : "0";
      namespace.sysctl("net/ipv4/ip_forward=1", "net/ipv4/conf/all/route_localnet=" + other);
      assertThat(namespace.exec("cat", parameter.toString()).strip()).isEqualTo(other);
      assertThat(Files.readString(parameter)).isEqualTo(outside);
      assertThatThrownBy(() -> namespace.sysctl("net/ipv4/nonsense=1"))
          .isInstanceOf(CommandFailedException.class);
    }
  }

  @Test
  void failingIpCommandSaysWhy() {
    try (NetworkNamespace namespace = NetworkNamespace.create("test")) {
      assertThatThrownBy(() -> namespace.ip("link set nothing up"))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContaining("nothing");
    }
  }

  @Test
  void cableConnectsTwoNamespaces() {
    try (NetworkNamespace one = NetworkNamespace.create("one");
        NetworkNamespace other = NetworkNamespace.create("other")) {
      Cable.connect(one.device("eth0"), "10.9.0.1/30", other.device("eth0"), "10.9.0.2/30");
      assertThat(one.exec("ip", "-4", "-o", "address", "show", "eth0")).contains("10.9.0.1/30");
      assertThat(other.exec("ip", "route", "get", "10.9.0.1")).contains("src 10.9.0.2");
    }
  }

  @Test
  void namespaceOfADeadJvmIsSweptWithItsProcesses() {
    ManagedProcess ended = Command.of("true").start("ended");
    ended.awaitExit(LONG);
    String stale = "pi-" + ended.pid() + "-1-1-stale";
    Command.of("ip", "netns", "add", stale).output();
    try (ManagedProcess process =
        Command.of("ip", "netns", "exec", stale, "sleep", "600").start("stale")) {
      Await.until("sleep", LONG, () -> nameOf(process).equals("sleep"));
      StaleNamespaces.sweep();
      assertThat(names()).doesNotContain(stale);
      assertThat(process.awaitExit(LONG)).isEqualTo(137);
    }
  }

  @Test
  void namespaceOfAReusedProcessIdIsSwept() {
    String stale = "pi-" + ProcessHandle.current().pid() + "-1-1-stale";
    Command.of("ip", "netns", "add", stale).output();
    StaleNamespaces.sweep();
    assertThat(names()).doesNotContain(stale);
  }

  @Test
  void sweepKeepsNamespacesOfTheLivingAndOfStrangers() {
    String foreign = "pi-stranger-" + ProcessHandle.current().pid();
    Command.of("ip", "netns", "add", foreign).output();
    try (NetworkNamespace ours = NetworkNamespace.create("test")) {
      StaleNamespaces.sweep();
      assertThat(names()).contains(ours.name(), foreign);
    } finally {
      Command.of("ip", "netns", "delete", foreign).output();
    }
  }

  private static List<String> names() {
    return Command.of("ip", "netns", "list")
        .output()
        .lines()
        .map(l -> l.split(" ", -1)[0])
        .toList();
  }

  private static String nameOf(ManagedProcess process) {
    return Command.of("cat", "/proc/" + process.pid() + "/comm").output().strip();
  }
}
