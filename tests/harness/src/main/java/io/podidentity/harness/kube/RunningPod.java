package io.podidentity.harness.kube;

import java.util.Map;

/**
 * A pod as {@link KubeletStandIn} runs it.
 *
 * @param namespace its namespace
 * @param name its name
 * @param node the node it runs on
 * @param address its {@code status.podIP}
 * @param labels its labels
 * @param hostNetwork whether it has its node's network, and so its node's address
 */
public record RunningPod(
    String namespace,
    String name,
    String node,
    String address,
    Map<String, String> labels,
    boolean hostNetwork) {

  /** Copies the labels. */
  public RunningPod {
    labels = Map.copyOf(labels);
  }

  /** A pod with a network of its own. */
  public RunningPod(
      String namespace, String name, String node, String address, Map<String, String> labels) {
    this(namespace, name, node, address, labels, false);
  }
}
