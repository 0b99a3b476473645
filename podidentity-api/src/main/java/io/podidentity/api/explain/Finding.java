package io.podidentity.api.explain;

/**
 * What {@code nmi explain} and the doctors find besides what an {@link
 * io.podidentity.api.ErrorReason} says: a closed set of stable codes. Programs may branch on them,
 * so one is never renamed; {@code docs/troubleshooting.md} explains each.
 */
public enum Finding {
  /** It has ended: succeeded or failed. */
  POD_ENDED("pod-ended"),
  /** It has no node yet. */
  POD_NOT_SCHEDULED("pod-not-scheduled"),
  /** It has no address yet. */
  POD_WITHOUT_ADDRESS("pod-without-address"),
  /** It has IPv6 addresses alone; NMI knows pods by their IPv4 address. */
  POD_WITHOUT_IPV4("pod-without-ipv4"),
  /** It shares its node's network, and so asks the metadata service itself. */
  POD_ON_HOST_NETWORK("pod-on-host-network"),
  /** Another pod has its address now. */
  POD_ADDRESS_TAKEN("pod-address-taken"),
  /** Its node is not in the cluster. */
  NODE_MISSING("node-missing"),
  /** NMI runs on other nodes, and not on the pod's. */
  NMI_NOT_RUNNING("nmi-not-running"),

  /** NMI of the node is there, and not ready; or it does not answer probes. */
  NMI_NOT_READY("nmi-not-ready"),

  /** The metadata service itself answers the pod, not NMI. */
  NOT_REDIRECTED("not-redirected"),
  /** The pod's connection is refused: nobody listens, or the lockdown holds it. */
  REDIRECT_REFUSED("redirect-refused"),
  /** The pod's request has no answer. */
  REDIRECT_SILENT("redirect-silent"),
  /** {@code route_localnet} is off where a redirect to 127.0.0.1 needs it. */
  ROUTE_LOCALNET_OFF("route-localnet-off"),
  /** Its address is held to no interface; NMI may refuse its requests for that. */
  ADDRESS_NOT_PINNED("address-not-pinned"),

  /** It is exempt, and so gets the node's identity instead of its own. */
  POD_EXEMPT("pod-exempt"),
  /** An exception in another namespace names a label of the pod. */
  EXCEPTION_IN_OTHER_NAMESPACE("exception-in-other-namespace"),
  /** An exception of the namespace names a label that the pod nearly has. */
  EXCEPTION_LABEL_MISSPELT("exception-label-misspelt"),

  /** It has no label {@code aadpodidbinding}, but one that is nearly called so. */
  LABEL_MISSPELT("label-misspelt"),
  /** No binding selects its label, and none nearly does. */
  BINDING_MISSING("binding-missing"),
  /** A binding's selector differs from its label in letter case alone. */
  SELECTOR_CASE("selector-case"),
  /** A binding's selector is nearly its label. */
  SELECTOR_MISSPELT("selector-misspelt"),
  /** A binding of its namespace has no selector. */
  SELECTOR_EMPTY("selector-empty"),
  /** A binding selects its label from a namespace from which it cannot. */
  BINDING_IN_OTHER_NAMESPACE("binding-in-other-namespace"),
  /** A binding that selects its label names no identity. */
  BINDING_WITHOUT_IDENTITY("binding-without-identity"),
  /** A binding names an identity that is nowhere. */
  IDENTITY_MISSING("identity-missing"),
  /** A binding names an identity that is in another namespace than the binding. */
  IDENTITY_IN_OTHER_NAMESPACE("identity-in-other-namespace"),
  /** A binding names an identity that is nearly called so. */
  IDENTITY_MISSPELT("identity-misspelt"),
  /** The identity is kept to pods of its own namespace. */
  IDENTITY_NAMESPACED("identity-namespaced"),
  /** The record that it would get stands for another pod. */
  RECORD_NAME_TAKEN("record-name-taken"),
  /** Another identity of the same name came first. */
  IDENTITY_NAME_TAKEN("identity-name-taken"),

  /** No identity can be assigned to its node: the provider ID does not say which machine it is. */
  NODE_WITHOUT_TARGET("node-without-target"),
  /** Its node has yet to say which machine it is, and MIC waits for that. */
  NODE_NOT_INITIALIZED("node-not-initialized"),
  /** No MIC holds the lease. */
  MIC_NOT_LEADING("mic-not-leading"),
  /** MIC warns about the identity or the pod. */
  MIC_WARNS("mic-warns"),

  /** The record is about an earlier pod of that name. */
  RECORD_OF_FORMER_POD("record-of-former-pod"),
  /** The record is being deleted. */
  RECORD_DELETING("record-deleting"),
  /** The identity is being taken off. */
  RECORD_UNASSIGNED("record-unassigned"),
  /** The record lies in a namespace in which it does not count. */
  RECORD_MISPLACED("record-misplaced"),
  /** The record is not labelled with the pod's node, or is about another node: NMI skips it. */
  RECORD_NOT_SEEN("record-not-seen"),
  /** The record is there, and nothing desires it. */
  RECORD_ORPHANED("record-orphaned"),

  /** No identity of the cluster has what the request names. */
  CHOICE_UNKNOWN("choice-unknown"),
  /** An identity of the cluster has what the request names, and it is not this pod's. */
  CHOICE_NOT_BOUND("choice-not-bound"),

  /** The metadata service does not answer this node. */
  IMDS_UNREACHABLE("imds-unreachable"),
  /** The clock differs from that of the other side. */
  CLOCK_SKEWED("clock-skewed"),
  /** The service account lacks a right that the program needs. */
  PERMISSION_MISSING("permission-missing"),
  /** A custom resource definition is not there, or is older than this program. */
  DEFINITION_OUTDATED("definition-outdated"),
  /** Azure Resource Manager does not let MIC read, or change, a machine or an identity. */
  ARM_PERMISSION_MISSING("arm-permission-missing"),
  /** A machine or scale set has nearly as many identities as Azure allows. */
  IDENTITY_LIMIT("identity-limit");

  private final String code;

  Finding(String code) {
    this.code = code;
  }

  /** The stable, lower-case name. */
  public String code() {
    return code;
  }
}
