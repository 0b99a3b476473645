package io.podidentity.e2e;

import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.PodNetwork;

/**
 * A pod: in Kubernetes, and as a namespace in which curl plays its container.
 *
 * @param object what Kubernetes knows of it
 * @param network its namespace
 * @param node where it runs
 */
record TestPod(RunningPod object, PodNetwork network, TestNode node) {

  static final String TOKEN_URL =
      "http://"
          + ClusterNetwork.IMDS_ADDRESS
          + "/metadata/identity/oauth2/token?api-version=2018-02-01"
          + "&resource=https%3A%2F%2Fmanagement.azure.com%2F";

  /** The command that every user of managed identities knows; it prints the body only. */
  static final String TOKEN_COMMAND = "curl '" + TOKEN_URL + "' -H Metadata:true -s";

  String namespace() {
    return object.namespace();
  }

  String name() {
    return object.name();
  }

  String address() {
    return network.address();
  }

  /** Asks for a token, with a request for the metadata service. */
  HttpAnswer askForToken() {
    return curl(TOKEN_URL, "-H", "Metadata:true");
  }

  /** As {@link #askForToken()}, for another resource, which no other test asks for. */
  HttpAnswer askForTokenOf(String resource) {
    return curl(
        TOKEN_URL.replaceAll("&resource=.*", "&resource=" + resource), "-H", "Metadata:true");
  }

  HttpAnswer curl(String... arguments) {
    return Curl.in(network).request(arguments);
  }

  /** What that command prints in the pod. */
  String sh(String script) {
    return network
        .namespace()
        .command("sh", "-c", script)
        .withEnvironment("no_proxy", "*")
        .output();
  }

  /** Whether the pod has an open connection to the metadata service's address. */
  boolean isConnectedToImds() {
    // See proc_net_tcp in the kernel's documentation: 169.254.169.254:80 in host byte order, state
    // 01 (established).
    return network.namespace().exec("cat", "/proc/net/tcp").contains(" FEA9FEA9:0050 01 ");
  }
}
