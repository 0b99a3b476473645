package io.podidentity.api.token;

import io.podidentity.api.matching.LivePods;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.List;

/** A pod that is looked for, by what its caller is known by. As a key it is that. */
sealed interface SoughtPod {
  static SoughtPod of(Caller caller) {
    return caller instanceof Caller.ByAddress from
        ? new At(from.address())
        : new Named(((Caller.OnBehalfOf) caller).pod());
  }

  /**
   * The pod, as the directory knows it.
   *
   * @throws io.podidentity.api.PodIdentityException if it does not know exactly one
   */
  Pod in(PodDirectory directory);

  /**
   * The pod, among all of the node.
   *
   * @throws io.podidentity.api.PodIdentityException if it is not exactly one of them
   */
  Pod among(List<Pod> all);

  Subscription onChange(PodDirectory directory, Runnable wake);

  /** The one that an address is now. */
  record At(InetAddress address) implements SoughtPod {
    @Override
    public Pod in(PodDirectory directory) {
      return LivePods.owner(address, directory.byAddress(address));
    }

    @Override
    public Pod among(List<Pod> all) {
      return LivePods.owner(
          address, all.stream().filter(pod -> pod.addresses().contains(address)).toList());
    }

    @Override
    public Subscription onChange(PodDirectory directory, Runnable wake) {
      return directory.onChange(address, wake);
    }

    @Override
    public String toString() {
      return "with the address " + address.getHostAddress();
    }
  }

  /** The one of a name. */
  record Named(NamespacedName name) implements SoughtPod {
    @Override
    public Pod in(PodDirectory directory) {
      return LivePods.named(name, directory.byName(name));
    }

    @Override
    public Pod among(List<Pod> all) {
      return LivePods.named(name, all.stream().filter(pod -> pod.name().equals(name)).findAny());
    }

    @Override
    public Subscription onChange(PodDirectory directory, Runnable wake) {
      return directory.onChangeOf(name, wake);
    }

    @Override
    public String toString() {
      return name.toString();
    }
  }
}
