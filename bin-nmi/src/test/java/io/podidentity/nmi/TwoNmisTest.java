package io.podidentity.nmi;

import static io.podidentity.nmi.NmiProcess.IN_PLACE;
import static io.podidentity.nmi.NmiProcess.LIMIT;
import static io.podidentity.nmi.NmiProcess.LISTENING;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two NMIs on a node, as real processes: whose rules they are. There is no cluster. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
class TwoNmisTest {
  private static final Pattern WAITING = Pattern.compile("waiting for a port");
  private static final String REDIRECT = "aad-metadata";
  private static final String LOCKDOWN = "podidentity-lockdown";

  @TempDir private Path folder;
  private final List<ManagedProcess> nmis = new ArrayList<>();
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() {
    node = NetworkNamespace.create("two");
  }

  @AfterEach
  void removeNode() {
    nmis.forEach(ManagedProcess::kill);
    node.close();
  }

  @Test
  void secondOneThatIsToldToEndLeavesTheRulesToTheFirst() throws IOException {
    ManagedProcess first = start();
    first.awaitLine(LISTENING, LIMIT);
    first.awaitLine(IN_PLACE, LIMIT);
    ManagedProcess second = start("--on-exit=remove");
    second.awaitLine(WAITING, LIMIT);
    second.awaitLine(IN_PLACE, LIMIT);

    assertThat(second.stop(LIMIT)).isZero();

    assertThat(rules()).contains(REDIRECT, LOCKDOWN, "prohibit");
    // Nobody put them back.
    assertThat(first.tail()).doesNotContain("rules were missing");
    assertThat(first.stop(LIMIT)).isZero();
    assertThat(rules()).contains(REDIRECT, LOCKDOWN, "prohibit");
  }

  /** As where one DaemonSet is deleted, and the NMI of another one waits to take its place. */
  @Test
  void firstOneThatRemovesAtItsEndLeavesTheRulesToTheSecond() throws IOException {
    ManagedProcess first = start("--on-exit=remove");
    first.awaitLine(LISTENING, LIMIT);
    first.awaitLine(IN_PLACE, LIMIT);
    ManagedProcess second = start("--on-exit=remove");
    second.awaitLine(WAITING, LIMIT);
    second.awaitLine(IN_PLACE, LIMIT);

    try (ManagedProcess changes = watchChanges()) {
      assertThat(first.stop(LIMIT)).isZero();
      assertThat(first.tail()).contains("another NMI is on this node: the rules are left to it");
      second.awaitLine(LISTENING, LIMIT);
      node.exec("nft", "add", "table", "ip", "end-of-test");
      changes.awaitLine(Pattern.compile("end-of-test"), LIMIT);
      // Not for a moment.
      assertThat(changes.tail()).doesNotContain(REDIRECT, LOCKDOWN);
    }
    assertThat(rules()).contains(REDIRECT, LOCKDOWN, "prohibit");

    node.exec("nft", "delete", "table", "ip", "end-of-test");
    assertThat(second.stop(LIMIT)).isZero();
    assertThat(rules()).doesNotContain(REDIRECT, LOCKDOWN, "prohibit");
  }

  private ManagedProcess watchChanges() {
    ManagedProcess changes = node.start("changes", "stdbuf", "-oL", "nft", "monitor");
    int number = 0;
    while (changes.lineCount() == 0) {
      node.exec("nft", "add", "table", "ip", "heard" + number);
      node.exec("nft", "delete", "table", "ip", "heard" + number);
      number++;
    }
    return changes;
  }

  @Test
  void lockdownOfTheFirstStaysUntilTheSecondHasTheNode() throws IOException {
    ManagedProcess first = start();
    first.awaitLine(LISTENING, LIMIT);
    ManagedProcess second = start("--lockdown=false", "--on-exit=remove");
    second.awaitLine(WAITING, LIMIT);
    second.awaitLine(IN_PLACE, LIMIT);
    assertThat(rules()).contains(REDIRECT, LOCKDOWN, "prohibit");

    assertThat(first.stop(LIMIT)).isZero();
    second.awaitLine(LISTENING, LIMIT);

    Await.until("the lockdown is gone", LIMIT, () -> !rules().contains(LOCKDOWN));
    Await.until("its routing too", LIMIT, () -> !rules().contains("prohibit"));
    assertThat(rules()).contains(REDIRECT);
    assertThat(second.stop(LIMIT)).isZero();
    assertThat(rules()).doesNotContain(REDIRECT);
  }

  private ManagedProcess start(String... flags) throws IOException {
    ManagedProcess nmi = NmiProcess.start(node, folder, flags);
    nmis.add(nmi);
    return nmi;
  }

  private String rules() {
    return node.exec("ip", "-4", "rule") + node.exec("nft", "list", "ruleset");
  }
}
