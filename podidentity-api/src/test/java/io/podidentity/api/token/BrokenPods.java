package io.podidentity.api.token;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A directory that breaks its contract. */
final class BrokenPods implements PodDirectory {
  @Override
  public List<Pod> byAddress(InetAddress address) {
    throw new IllegalStateException("broken");
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    throw new IllegalStateException("broken");
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    throw new IllegalStateException("broken");
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    throw new IllegalStateException("broken");
  }

  @Override
  public CompletableFuture<List<Pod>> list() {
    throw new IllegalStateException("broken");
  }
}
