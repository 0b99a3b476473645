package io.podidentity.api.model;

import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pod, as far as identities are concerned.
 *
 * @param name its namespace and name
 * @param uid its UID; a pod of the same name that replaces it has another
 * @param nodeName the node it is scheduled to; null (or empty) while it is not
 * @param labels its labels
 * @param addresses all of {@code status.podIPs}; empty until it has any
 * @param phase its phase
 * @param hostNetwork whether it shares its node's network, and so its address with other processes
 * @param terminating whether its deletion has begun
 * @param serviceAccount the service account it runs under; empty where it is not known
 * @param controller what made it; null if nothing did, or it is not known
 */
public record Pod(
    NamespacedName name,
    String uid,
    @Nullable String nodeName,
    Map<String, String> labels,
    Set<InetAddress> addresses,
    PodPhase phase,
    boolean hostNetwork,
    boolean terminating,
    String serviceAccount,
    @Nullable PodController controller) {
  /** Copies labels and addresses; takes an empty name of a node for none; refuses an empty UID. */
  public Pod {
    Objects.requireNonNull(name, "name");
    Checks.notEmpty(uid, "uid");
    // Kubernetes leaves it out until then; an empty text says the same.
    nodeName = nodeName == null || nodeName.isEmpty() ? null : nodeName;
    labels = Map.copyOf(labels);
    addresses = Set.copyOf(addresses);
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(serviceAccount, "serviceAccount");
  }

  /** A pod of which neither service account nor controller is known. */
  public Pod(
      NamespacedName name,
      String uid,
      @Nullable String nodeName,
      Map<String, String> labels,
      Set<InetAddress> addresses,
      PodPhase phase,
      boolean hostNetwork,
      boolean terminating) {
    this(name, uid, nodeName, labels, addresses, phase, hostNetwork, terminating, "", null);
  }

  /** The value of the {@value IdentityBinding#POD_LABEL} label; empty if the pod has none. */
  public String bindingLabel() {
    return labels.getOrDefault(IdentityBinding.POD_LABEL, "");
  }

  /** Whether the pod may be the one behind an address: it has its own network and has not ended. */
  public boolean ownsItsAddress() {
    return !hostNetwork && !phase.isTerminal();
  }
}
