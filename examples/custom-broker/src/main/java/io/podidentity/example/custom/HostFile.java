package io.podidentity.example.custom;

import io.podidentity.api.matching.IpAddresses;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A directory that is a file: each line is a workload's address, its name, and the client ID and
 * resource ID of its identity. It is read once, so nothing ever changes.
 */
final class HostFile implements PodDirectory, BindingDirectory {
  private static final String NAMESPACE = "hosts";

  private final List<Pod> workloads;
  private final Map<NamespacedName, AzureIdentity> identities = new HashMap<>();

  HostFile(Path file) throws IOException {
    workloads =
        Files.readAllLines(file).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> parse(line.strip().split("\\s+")))
            .toList();
  }

  // snippet: directory
  @Override
  public List<Pod> byAddress(InetAddress address) {
    return workloads.stream().filter(pod -> pod.addresses().contains(address)).toList();
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    return workloads.stream().filter(pod -> pod.name().equals(name)).findFirst();
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    return () -> {};
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    return () -> {};
  }

  @Override
  public CompletableFuture<List<Pod>> list() {
    return CompletableFuture.completedFuture(workloads);
  }

  // end

  @Override
  public List<IdentityBinding> bindings(String namespace, String selector) {
    NamespacedName workload = new NamespacedName(namespace, selector);
    return identities.containsKey(workload)
        ? List.of(new IdentityBinding(workload, selector, selector))
        : List.of();
  }

  @Override
  public Optional<AzureIdentity> identity(NamespacedName name) {
    return Optional.ofNullable(identities.get(name));
  }

  @Override
  public Set<String> describedIds() {
    return identities.values().stream()
        .flatMap(identity -> identity.managedIds().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Each workload has one identity, of its own name. */
  private Pod parse(String[] words) {
    if (words.length != 4) {
      throw new IllegalArgumentException("want ADDRESS NAME CLIENT_ID RESOURCE_ID in each line");
    }
    NamespacedName name = new NamespacedName(NAMESPACE, words[1]);
    AzureIdentity identity =
        AzureIdentity.managed(name, new ResourceId(words[3]), new ClientId(words[2]));
    if (identities.put(name, identity) != null) {
      throw new IllegalArgumentException("two lines for " + words[1]);
    }
    return new Pod(
        name,
        "workload-" + words[1],
        null,
        Map.of(IdentityBinding.POD_LABEL, words[1]),
        Set.of(address(words[0])),
        PodPhase.RUNNING,
        false,
        false);
  }

  /** Nothing is looked up: whoever answers for a name would say whose tokens an address gets. */
  private static InetAddress address(String text) {
    InetAddress address = IpAddresses.parse(text);
    if (address == null) {
      throw new IllegalArgumentException("not an address: " + text);
    }
    return address;
  }
}
