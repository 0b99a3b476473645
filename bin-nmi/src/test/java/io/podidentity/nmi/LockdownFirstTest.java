package io.podidentity.nmi;

import static io.podidentity.nmi.NmiProcess.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods are locked out whatever NMI finds afterwards, and stay so when it ends over that. */
@RequiresRealPart({RealPart.NETWORK_NAMESPACES, RealPart.IPTABLES_NFT})
class LockdownFirstTest {

  @Test
  void nodeThatIsRefusedIsLockedDown(@TempDir Path folder) throws IOException {
    Path kubelet = Files.writeString(folder.resolve("kubelet"), "--network-plugin=kubenet\n");
    try (NetworkNamespace node = NetworkNamespace.create("first");
        ManagedProcess nmi = NmiProcess.start(node, folder, "--kubelet-config=" + kubelet)) {
      assertThat(nmi.awaitExit(LIMIT)).isEqualTo(2);
      assertThat(nmi.tail()).contains("this node uses kubenet");
      assertThat(node.exec("ip", "-4", "rule")).contains("to 169.254.169.254 prohibit");
      assertThat(node.exec("nft", "list", "ruleset"))
          .contains("table ip podidentity-lockdown", "table bridge podidentity-lockdown");
    }
  }
}
