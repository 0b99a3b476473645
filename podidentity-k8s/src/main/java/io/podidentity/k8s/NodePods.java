package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The pods of one node, as the API server tells them: it sends those of no other node. It keeps a
 * few hundred bytes for each. Empty until {@link #start()}.
 */
public final class NodePods extends MirrorBacked implements PodDirectory {
  private static final String ALL = "all";

  private static final Mirror.Kind<PodResource> KIND = new Mirror.Kind<>("pods", PodResource::new);

  private final KeyedIndex<InetAddress, Pod> byAddress = new KeyedIndex<>(Pod::addresses);
  private final KeyedIndex<NamespacedName, Pod> byName =
      new KeyedIndex<>(pod -> Set.of(pod.name()));
  private final KeyedIndex<String, Pod> all = new KeyedIndex<>(pod -> Set.of(ALL));
  private final Mirror<PodResource, Pod> mirror;
  private final LiveCalls live;
  private final String nodeName;

  /**
   * The pods whose {@code spec.nodeName} is that name.
   *
   * @param connection may list and watch pods of all namespaces; it stays the caller's to close
   */
  public NodePods(KubernetesConnection connection, String nodeName) {
    this(connection.client(), nodeName);
  }

  NodePods(KubernetesClient client, String nodeName) {
    mirror =
        new Mirror<>(
            KIND,
            ofNode(client, nodeName),
            PodMapping::whole,
            (before, after) -> {
              byName.replace(before, after);
              byAddress.replace(before, after);
              all.replace(before, after);
            });
    live = new LiveCalls(client, "pod-list");
    this.nodeName = nodeName;
  }

  @Override
  public List<Pod> byAddress(InetAddress address) {
    return byAddress.get(address);
  }

  /** All of them, as far as they are known. */
  public List<Pod> all() {
    return all.get(ALL);
  }

  /** Calls back after each change of any of them, on any thread. */
  public Subscription onAnyChange(Runnable wake) {
    return all.onChange(ALL, wake);
  }

  @Override
  public Optional<Pod> byName(NamespacedName name) {
    return byName.get(name).stream().findAny();
  }

  @Override
  public Subscription onChange(InetAddress address, Runnable wake) {
    return byAddress.onChange(address, wake);
  }

  @Override
  public Subscription onChangeOf(NamespacedName pod, Runnable wake) {
    return byName.onChange(pod, wake);
  }

  /** Without a resource version: the API server answers from its store, not from a cache. */
  @Override
  public CompletableFuture<List<Pod>> list() {
    return live.call(
        "list pods of node " + nodeName,
        client ->
            ofNode(client, nodeName).list().getItems().stream()
                .map(PodMapping::whole)
                .filter(Objects::nonNull)
                .toList());
  }

  @Override
  ClusterFollower mirrors() {
    return mirror;
  }

  @Override
  public void close() {
    super.close();
    live.close();
  }

  private static FilterWatchListDeletable<
          PodResource, KubernetesResourceList<PodResource>, Resource<PodResource>>
      ofNode(KubernetesClient client, String nodeName) {
    return client
        .resources(PodResource.class)
        .inAnyNamespace()
        .withField("spec.nodeName", nodeName);
  }
}
