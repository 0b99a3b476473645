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
 */
public record RunningPod(
    String namespace, String name, String node, String address, Map<String, String> labels) {

  /** Copies the labels. */
  public RunningPod {
    labels = Map.copyOf(labels);
  }
}
