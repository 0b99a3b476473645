package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.UnreachableCluster;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern IN_PLACE = Pattern.compile("rules are in place");
  private static final Pattern LISTENING = Pattern.compile("listening address=");
  private static final Pattern WAITING = Pattern.compile("waiting for a port");
  private static final String REDIRECT = "aad-metadata";
  private static final String LOCKDOWN = "podidentity-lockdown";

  @TempDir private Path folder;
  private final List<ManagedProcess> nmis = new ArrayList<>();
  private Path kubeconfig;
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() throws IOException {
    kubeconfig = UnreachableCluster.kubeconfig(folder);
    node = NetworkNamespace.create("two");
  }

  @AfterEach
  void removeNode() {
    nmis.forEach(ManagedProcess::kill);
    node.close();
  }

  @Test
  void secondOneThatIsToldToEndLeavesTheRulesToTheFirst() {
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

  @Test
  void lockdownOfTheFirstStaysUntilTheSecondHasTheNode() {
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

  private ManagedProcess start(String... flags) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--node=n1",
                "--kubeconfig=" + kubeconfig,
                "--http-probe-port=0",
                "--prometheus-port=0"));

    all.addAll(List.of(flags));
    ManagedProcess nmi =
        node.inside(JavaProgram.of(NmiMain.class, all.toArray(String[]::new))).start("nmi");
    nmis.add(nmi);
    return nmi;
  }

  private String rules() {
    return node.exec("ip", "-4", "rule") + node.exec("nft", "list", "ruleset");
  }
}
