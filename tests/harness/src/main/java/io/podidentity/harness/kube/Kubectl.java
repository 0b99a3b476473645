package io.podidentity.harness.kube;

import io.podidentity.harness.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs kubectl where the API server is, with nothing of the user's own settings. */
final class Kubectl {

  private final EnvtestBinaries binaries;
  private final ServerSite site;
  private final Path kubeconfig;
  private final Path home;

  Kubectl(EnvtestBinaries binaries, ServerSite site, Path kubeconfig, Path home) {
    this.binaries = binaries;
    this.site = site;
    this.kubeconfig = kubeconfig;
    this.home = home;
  }

  Command command(String... arguments) {
    List<String> words = new ArrayList<>(List.of(binaries.kubectl().toString()));
    words.add("--kubeconfig=" + kubeconfig);
    words.addAll(List.of(arguments));
    return site.place(Command.of(words))
        .withEnvironment("HOME", home.toString())
        .withEnvironment("KUBECTL_KUBERC", "false")
        .withEnvironment("NO_PROXY", "*");
  }
}
