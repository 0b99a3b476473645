package io.podidentity.harness.net;

import io.podidentity.harness.Cleanup;
import io.podidentity.harness.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What libcni keeps of each pod of a node, in the form of its version 1.1, as the network plugin
 * {@code bridge} answers: {@code /var/lib/cni/cache/results}. Gone with the JVM at the latest.
 *
 * @param folder where they are
 */
public record CniResults(Path folder) {

  static CniResults create() {
    Path folder = Folders.temporary("cni-results");
    Cleanup.atExit(() -> Folders.delete(folder));
    return new CniResults(folder);
  }

  /**
   * Writes that of a pod on a bridge.
   *
   * @param uid the pod's, which a container runtime passes to the plugin
   */
  public void write(PodNetwork pod, String uid) {
    String address = pod.address();
    String text =
        """
        {"kind":"cniCacheV1","containerId":"c","ifName":"eth0","networkName":"kubenet",
        "cniArgs":[["K8S_POD_UID","%1$s"]],
        "result":{"cniVersion":"0.4.0","interfaces":[{"mac":"00:00:00:00:00:01","name":"cbr0"},
        {"mac":"00:00:00:00:00:02","name":"%2$s"},
        {"mac":"%3$s","name":"eth0","sandbox":"/run/netns/%1$s"}],
        "ips":[{"address":"%4$s/27","gateway":"%5$s","interface":2}]}}
        """
            .formatted(
                uid,
                pod.nodeDevice(),
                pod.namespace().hardwareAddress("eth0"),
                address,
                address.substring(0, address.lastIndexOf('.')) + ".225");
    try {
      Files.writeString(of(uid), text);
    } catch (IOException e) {
      throw new UncheckedIOException("writing a result", e);
    }
  }

  /** The pod's, which may not be there. */
  public Path of(String uid) {
    return folder.resolve(uid);
  }
}
