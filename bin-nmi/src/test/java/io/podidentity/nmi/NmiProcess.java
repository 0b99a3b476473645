package io.podidentity.nmi;

import io.podidentity.harness.kube.UnreachableCluster;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** NMI as a process in a node's namespace, without a cluster. */
final class NmiProcess {
  static final Duration LIMIT = Duration.ofSeconds(60);
  static final Pattern IN_PLACE = Pattern.compile("rules are in place");
  static final Pattern LISTENING = Pattern.compile("listening address=");

  private NmiProcess() {}

  /**
   * Starts it.
   *
   * @param folder for its kubeconfig
   */
  static ManagedProcess start(NetworkNamespace node, Path folder, String... flags)
      throws IOException {
    return startBehind(List.of(), node, folder, flags);
  }

  /** The same behind other words, such as {@code setpriv}. */
  static ManagedProcess startBehind(
      List<String> prefix, NetworkNamespace node, Path folder, String... flags) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--node=n1",
                "--kubeconfig=" + UnreachableCluster.kubeconfig(folder),
                "--http-probe-port=0",
                "--prometheus-port=0"));
    all.addAll(List.of(flags));
    Command nmi = JavaProgram.of(NmiMain.class, all.toArray(String[]::new)).withPrefix(prefix);
    return node.inside(nmi).start("nmi");
  }
}
