package io.podidentity.api.explain;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What the NMI of a node knows, as the broker asks for it; of a picture in which nothing moves. */
final class Picture implements PodDirectory, AssignmentDirectory, BindingDirectory {
  private static final Subscription NONE = () -> {};

  private final Situation situation;
  private final String node;
  private final List<Pod> pods;

  Picture(Situation situation, String node) {
    this.situation = situation;
    this.node = node;
    this.pods =
        situation.cluster().pods().stream().filter(pod -> node.equals(pod.nodeName())).toList();
  }

  /** Whether the node's NMI sees the record at all. */
  boolean isSeen(AssignedIdentity record) {
    return isReceived(record) && (record.nodeName().isEmpty() || record.nodeName().equals(node));
  }

  private boolean isReceived(AssignedIdentity record) {
    return !situation.options().labelledRecordsOnly()
        || situation
            .recordFacts()
            .getOrDefault(record.name(), Situation.RecordFacts.NONE)
            .nodeLabel()
            .equals(node);
  }

  @Override
  public List<Pod> byAddress(InetAddress address) {
    return pods.stream().filter(pod -> pod.addresses().contains(address)).toList();
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    return pods.stream().filter(pod -> pod.name().equals(name)).findAny();
  }

  @Override
  public CompletableFuture<List<Pod>> list() {
    return CompletableFuture.completedFuture(pods);
  }

  @Override
  public List<AssignedIdentity> forPod(NamespacedName pod) {
    return situation.cluster().records().stream()
        .filter(record -> record.pod().equals(pod) && isSeen(record))
        .toList();
  }

  @Override
  public Set<String> recordedIds() {
    Set<String> ids = new HashSet<>();
    situation.cluster().records().stream()
        .filter(this::isReceived)
        .forEach(record -> ids.addAll(record.identity().managedIds()));
    return ids;
  }

  @Override
  public Set<String> describedIds() {
    Set<String> ids = new HashSet<>();
    situation.cluster().identities().forEach(identity -> ids.addAll(identity.managedIds()));
    return ids;
  }

  @Override
  public List<IdentityBinding> bindings(String namespace, String selector) {
    return situation.cluster().bindings().stream()
        .filter(binding -> binding.name().namespace().equals(namespace))
        .filter(binding -> binding.selector().equals(selector))
        .toList();
  }

  @Override
  public Optional<AzureIdentity> identity(NamespacedName name) {
    return situation.cluster().identities().stream()
        .filter(identity -> identity.name().equals(name))
        .findAny();
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    return NONE;
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    return NONE;
  }

  @Override
  public Subscription onChange(NamespacedName pod, Runnable wake) {
    return NONE;
  }
}
