package io.podidentity.iptables;

/**
 * Where a pod's packets come from.
 *
 * @param device as the node's routing sees it: the pod's own interface, or its bridge
 * @param port of that bridge; empty if the device is the pod's own
 */
record PodSource(String device, String port) {}
