package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Situation;
import io.podidentity.api.explain.Situation.RecordFacts;
import io.podidentity.api.explain.Situation.Resource;
import io.podidentity.api.explain.Situation.Said;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads once what an explanation is made from. It lists pods, nodes, the four kinds of custom
 * resources and the events of the namespaces concerned, and gets MIC's lease and, for a pod that
 * says that it is MIC's, its ReplicaSet. It reads no Secret. What it may not read is left out, and
 * the situation says so; without pods there is none.
 */
public final class SituationReader {
  private static final NamespacedName ALL = new NamespacedName("all", "all");

  /** Of a large cluster one does not need all objects in memory as they came. */
  private static final long PAGE = 500;

  /** The text of a node is 20 to 40 KB, and that of a page is all there before it is read. */
  private static final long NODES = 100;

  private final KubernetesClient client;
  private final NamespacedName lease;
  private final Predicate<String> subscriptions;
  private final Clock clock;

  /**
   * A reader.
   *
   * @param connection it stays the caller's to close
   * @param lease MIC's
   * @param subscriptions whether MIC may change machines of a subscription, by its ID
   * @param clock for the ages
   */
  public SituationReader(
      KubernetesConnection connection,
      NamespacedName lease,
      Predicate<String> subscriptions,
      Clock clock) {
    this(connection.client(), lease, subscriptions, clock);
  }

  SituationReader(
      KubernetesClient client, NamespacedName lease, Predicate<String> subscriptions, Clock clock) {
    this.client = client;
    this.lease = lease;
    this.subscriptions = subscriptions;
    this.clock = clock;
  }

  /**
   * Reads.
   *
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the pods cannot be read
   */
  public Situation read(Situation.Request request, Situation.Options options) {
    List<Pod> pods = pods();
    Map<Resource, String> unseen = new EnumMap<>(Resource.class);
    Seeing seeing = new Seeing(unseen);
    Map<NamespacedName, RecordFacts> facts = new HashMap<>();
    List<AssignedIdentity> records =
        seeing.all(
            Resource.RECORDS,
            () -> all(AzureAssignedIdentityResource.class, it -> record(it, facts)));
    List<IdentityBinding> bindings =
        seeing.all(
            Resource.BINDINGS,
            () ->
                all(
                    AzureIdentityBindingResource.class,
                    it -> IdentityMapping.binding(it, Metadata.of(it).name())));
    ClusterSnapshot cluster =
        new ClusterSnapshot(
            pods,
            seeing.all(
                Resource.IDENTITIES,
                () ->
                    all(
                        AzureIdentityResource.class,
                        it -> IdentityMapping.identity(it, Metadata.of(it).name()))),
            bindings,
            records,
            seeing.all(
                Resource.NODES,
                () -> pages(client.resources(NodeResource.class), NODES, this::node)),
            clock.instant());
    Optional<Pod> pod = pods.stream().filter(one -> one.name().equals(request.pod())).findAny();
    List<Said> said =
        seeing.all(Resource.EVENTS, () -> saidIn(namespaces(request.pod(), pod, bindings)));
    List<Situation.Lease> leases = seeing.all(Resource.LEASES, () -> List.of(lease()));
    return new Situation(
        request,
        options,
        cluster,
        seeing.all(
            Resource.EXCEPTIONS,
            () -> all(AzurePodIdentityExceptionResource.class, IdentityMapping::exemption)),
        facts,
        pod.isPresent() && isLive(pod.get(), options.mic()),
        said,
        leases.isEmpty() ? null : leases.get(0),
        unseen,
        null,
        null);
  }

  private List<Pod> pods() {
    try {
      return all(PodResource.class, PodMapping::whole);
    } catch (KubernetesClientException e) {
      throw Failures.of(e, "list", "pods", ALL);
    }
  }

  private <T extends HasMetadata, R> List<R> all(
      Class<T> type, Function<? super T, ? extends @Nullable R> map) {
    return pages(client.resources(type).inAnyNamespace(), PAGE, map);
  }

  /** Without those that are mapped to null. */
  private static <T extends HasMetadata, L extends KubernetesResourceList<T>, R> List<R> pages(
      Listable<L> source, long size, Function<? super T, ? extends @Nullable R> map) {
    List<R> all = new ArrayList<>();
    String next = null;
    do {
      L page = source.list(new ListOptionsBuilder().withLimit(size).withContinue(next).build());
      for (T item : page.getItems()) {
        R mapped = map.apply(item);
        if (mapped != null) {
          all.add(mapped);
        }
      }
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    return all;
  }

  /** The pod's, and those of the bindings that select it: there MIC writes about it. */
  private static Set<String> namespaces(
      NamespacedName name, Optional<Pod> pod, List<IdentityBinding> bindings) {
    Set<String> namespaces = new TreeSet<>(Set.of(name.namespace()));
    String label = pod.map(Pod::bindingLabel).orElse("");
    bindings.stream()
        .filter(binding -> !label.isEmpty() && binding.selector().equals(label))
        .forEach(binding -> namespaces.add(binding.name().namespace()));
    return namespaces;
  }

  private List<Said> saidIn(Set<String> namespaces) {
    List<Said> all = new ArrayList<>();
    for (String namespace : namespaces) {
      client
          .v1()
          .events()
          .inNamespace(namespace)
          .withField("source", EventLog.COMPONENT)
          .list()
          .getItems()
          .forEach(event -> SaidMapping.said(event).ifPresent(all::add));
    }
    return all;
  }

  private Situation.Lease lease() {
    Lease found = client.leases().inNamespace(lease.namespace()).withName(lease.name()).get();
    if (found == null) {
      return new Situation.Lease("", Instant.EPOCH, Duration.ZERO);
    }
    LeaderRecord record = new LeaseLock().read(found, Instant.EPOCH, Duration.ZERO);
    return new Situation.Lease(record.holder(), record.renewed(), record.duration());
  }

  /** As NMI does: without the right to look, no pod is MIC's. */
  private boolean isLive(Pod pod, MicPods mic) {
    Optional<PodController> claim = mic.claim(pod);
    if (claim.isEmpty()) {
      return false;
    }
    NamespacedName name = MicPods.nameOf(claim.get(), pod);
    try (LiveReplicaSets replicaSets = new LiveReplicaSets(client)) {
      return replicaSets.isLive(name, claim.get().uid()).join();
    }
  }

  private static AssignedIdentity record(
      AzureAssignedIdentityResource record, Map<NamespacedName, RecordFacts> facts) {
    Metadata meta = Metadata.of(record);
    String created = record.getMetadata().getCreationTimestamp();
    facts.put(
        meta.name(),
        new RecordFacts(
            created == null ? null : Instant.parse(created),
            meta.labels().getOrDefault(NodeAssignments.NODE_LABEL, "")));
    return RecordMapping.record(record);
  }

  /** A node without a provider ID is the virtual machine of its name, wherever the cluster is. */
  private Node node(NodeResource node) {
    String name = node.getMetadata().getName();
    NodeResource.Spec spec = node.getSpec();
    String providerId = Metadata.orEmpty(spec == null ? null : spec.providerID());
    if (spec != null && spec.taints() != null) {
      Stream<@Nullable String> taints = spec.taints().stream().map(NodeResource.Taint::key);
      if (!NodeMapping.isInitialized(providerId, taints)) {
        return new Node(name, null, false);
      }
    }
    return new Node(
        name,
        providerId.isEmpty()
            ? ComputeTarget.virtualMachine("of-the-cluster", "of-the-cluster", name)
            : ComputeTarget.fromProviderId(providerId)
                .filter(target -> subscriptions.test(target.id().subscription()))
                .orElse(null));
  }

  /** Notes what cannot be read, and goes on. */
  private record Seeing(Map<Resource, String> unseen) {
    <T> List<T> all(Resource resource, Supplier<List<T>> read) {
      try {
        return read.get();
      } catch (KubernetesClientException e) {
        unseen.put(resource, problem(resource, e));
        return List.of();
      }
    }

    private static String problem(Resource resource, KubernetesClientException e) {
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_FORBIDDEN ->
            "whoever runs this may not list %s".formatted(resource.text());
        case HttpURLConnection.HTTP_NOT_FOUND ->
            "%s are not defined; is deploy/crds applied?".formatted(resource.text());
        default -> Failures.brief(e);
      };
    }
  }
}
