package io.podidentity.api.token;

import io.podidentity.api.model.NamespacedName;
import java.net.InetAddress;
import java.util.Objects;

/** Who asks for a token. */
public sealed interface Caller {
  /** A pod, recognised by the source address of its connection. */
  record ByAddress(InetAddress address) implements Caller {
    /** Refuses null. */
    public ByAddress {
      Objects.requireNonNull(address, "address");
    }
  }

  /** A node component that asks in the name of a pod, such as a CSI driver. */
  record OnBehalfOf(NamespacedName pod) implements Caller {
    /** Refuses null. */
    public OnBehalfOf {
      Objects.requireNonNull(pod, "pod");
    }
  }
}
