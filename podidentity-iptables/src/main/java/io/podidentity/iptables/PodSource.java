package io.podidentity.iptables;

/**
 * Where a pod's packets come from.
 *
 * @param device as the node's routing sees it: the pod's own interface, or its bridge
 * @param port of that bridge; empty if the device is the pod's own
 * @param hardwareAddress of the pod's end, in lower case with colons; empty if it is not known, or
 *     if the device is the pod's own
 */
record PodSource(String device, String port, String hardwareAddress) {
  /** A place behind an interface of the pod's own. */
  static PodSource routed(String device) {
    return new PodSource(device, "", "");
  }
}
