package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole cluster, as the API server tells it, with our own writes laid over it until they come
 * back. Pods are those with the binding label, in their snapshot without addresses and without
 * other labels: nothing else alters a plan.
 */
public final class KubernetesClusterView extends MirrorBacked implements ClusterView {
  /**
   * Lists come in pieces of this many objects, so that one does not need them all in memory twice.
   */
  private static final long PAGE = 500;

  /**
   * An object, whole, as records hold a copy of it, and what it means.
   *
   * @param object without {@code managedFields}
   */
  private record Original<T, V>(T object, V meaning) {}

  /**
   * The taint of a node that waits for the cloud's controller.
   *
   * @see <a href="https://kubernetes.io/docs/reference/labels-annotations-taints/">Well-known
   *     taints</a>
   */
  private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

  /** A node, and what its target is found by. */
  private record KnownNode(String providerId, Node meaning) {}

  static final Mirror.Kind<AzureIdentityResource> IDENTITIES =
      new Mirror.Kind<>("azureidentities.aadpodidentity.k8s.io", AzureIdentityResource::new);
  static final Mirror.Kind<AzureIdentityBindingResource> BINDINGS =
      new Mirror.Kind<>(
          "azureidentitybindings.aadpodidentity.k8s.io", AzureIdentityBindingResource::new);

  /** A watch whose other end is dead has been opened anew by then, and has told what it missed. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Callbacks nudges = new Callbacks();
  private final WrittenRecords written = new WrittenRecords();
  private final Mirror<PodResource, Pod> pods;
  private final Mirror<io.fabric8.kubernetes.api.model.Node, KnownNode> nodes;
  private final Mirror<AzureIdentityResource, Original<AzureIdentityResource, AzureIdentity>>
      identities;
  private final Mirror<
          AzureIdentityBindingResource, Original<AzureIdentityBindingResource, IdentityBinding>>
      bindings;
  private final Mirror<AzureAssignedIdentityResource, AssignedIdentity> records;
  private final SharedParts parts =
      new SharedParts(this::knownPod, this::knownIdentity, this::knownBinding, this::knownTarget);
  private final Mirrors all;
  private final BiFunction<String, String, @Nullable ComputeTarget> targets;
  private final Clock clock;
  private final CatchingUp catchingUp;
  private final List<Followed> followed;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * A view that has not begun.
   *
   * @param connection may list and watch all that is shown, in all namespaces; it stays the
   *     caller's to close
   * @param targets gives a node's virtual machine or scale set from its name and its {@code
   *     spec.providerID}, which may be empty; null if it cannot tell. Called on the watch's thread,
   *     and on that of {@link #targetsMayDiffer}
   * @param clock for the time of each picture
   */
  public KubernetesClusterView(
      KubernetesConnection connection,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this(connection.client(), new CatchingUp(connection.sockets(), PATIENCE), targets, clock);
  }

  KubernetesClusterView(
      KubernetesClient client,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this(client, new CatchingUp(new WatchSockets(), PATIENCE), targets, clock);
  }

  KubernetesClusterView(
      KubernetesClient client,
      CatchingUp catchingUp,
      BiFunction<String, String, @Nullable ComputeTarget> targets,
      Clock clock) {
    this.targets = targets;
    this.clock = clock;
    this.catchingUp = catchingUp;
    var podObjects =
        client.resources(PodResource.class).inAnyNamespace().withLabel(IdentityBinding.POD_LABEL);
    var identityObjects = client.resources(AzureIdentityResource.class).inAnyNamespace();
    var bindingObjects = client.resources(AzureIdentityBindingResource.class).inAnyNamespace();
    var recordObjects = client.resources(AzureAssignedIdentityResource.class).inAnyNamespace();
    pods =
        new Mirror<>(
            new Mirror.Kind<>("pods", PodResource::new),
            podObjects.withLimit(PAGE),
            PodMapping::forPlanning,
            (before, after) -> nudge());
    nodes =
        new Mirror<>(
            new Mirror.Kind<>("nodes", io.fabric8.kubernetes.api.model.Node::new),
            client.nodes().withLimit(PAGE),
            this::node,
            (before, after) -> nudge());
    identities =
        new Mirror<>(
            IDENTITIES,
            identityObjects.withLimit(PAGE),
            object ->
                new Original<>(
                    trimmed(object), IdentityMapping.identity(object, Metadata.of(object).name())),
            this::originalChanged);
    bindings =
        new Mirror<>(
            BINDINGS,
            bindingObjects.withLimit(PAGE),
            object ->
                new Original<>(
                    trimmed(object), IdentityMapping.binding(object, Metadata.of(object).name())),
            this::originalChanged);
    records =
        new Mirror<>(
            KubernetesAssignmentStore.KIND,
            recordObjects.withLimit(PAGE),
            object -> parts.in(RecordMapping.record(object)),
            this::recordChanged);
    // The records last: they share what the others know.
    all = new Mirrors(List.of(pods, nodes, identities, bindings), List.of(records));
    followed =
        List.of(
            new Followed(pods, podObjects, PAGE),
            new Followed(nodes, client.nodes(), PAGE),
            new Followed(identities, identityObjects, PAGE),
            new Followed(bindings, bindingObjects, PAGE),
            new Followed(records, recordObjects, PAGE));
    var unused = all.synced().thenRun(nudges::call);
  }

  @Override
  public ClusterSnapshot snapshot() {
    if (!hasSynced()) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE,
          "the first lists from the Kubernetes API have not all come yet; wait, or look at the log");
    }
    // The version first: the records may be newer than it says, never older.
    String version = records.version();
    return new ClusterSnapshot(
        List.copyOf(pods.values()),
        identities.values().stream().map(Original::meaning).toList(),
        bindings.values().stream().map(Original::meaning).toList(),
        List.copyOf(written.over(records.values(), version)),
        nodes.values().stream().map(KnownNode::meaning).toList(),
        clock.instant());
  }

  /**
   * {@inheritDoc}
   *
   * <p>It calls back when something changes that this view shows, and not when only metadata
   * changes. What is written through the store of this view need not be told to who wrote it, and
   * is as a rule not; each deletion is, since it leaves a name free.
   */
  @Override
  public Subscription onChange(Runnable nudge) {
    return nudges.subscribe(nudge);
  }

  /**
   * Completes when this view shows all that had happened when this was called, which each of its
   * watches says by an answer: one may have been dead for a while without a sign of it. Where one
   * does not answer within a minute the objects are listed, and this view has to come as far. At
   * the latest it completes after 15 minutes, when each watch has been opened anew; cancelled if
   * the view is closed before.
   */
  public CompletableFuture<Void> caughtUp() {
    CompletableFuture<Void> caughtUp = catchingUp.ask(followed);
    var unused = closed.thenRun(() -> caughtUp.cancel(false));
    return caughtUp;
  }

  @Override
  public void close() {
    super.close();
    closed.complete(null);
  }

  @Override
  ClusterFollower mirrors() {
    return all;
  }

  /**
   * What gives nodes their targets may give others from now on: asks it again for each node, and
   * calls back as after any other change.
   */
  public void targetsMayDiffer() {
    nodes.renew(this::node);
    nudge();
  }

  /** The identity as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityResource identity(NamespacedName name) {
    Original<AzureIdentityResource, AzureIdentity> original = identities.get(name.toString());
    return original == null ? null : original.object();
  }

  /** The binding as it is now, whole; null if it is gone. Not to be changed. */
  @Nullable AzureIdentityBindingResource binding(NamespacedName name) {
    Original<AzureIdentityBindingResource, IdentityBinding> original =
        bindings.get(name.toString());
    return original == null ? null : original.object();
  }

  /** The store wrote a record. */
  void wrote(AssignedIdentity record) {
    written.wrote(parts.in(record));
  }

  /** The store deleted a record, or found it gone; its name is free. */
  void deleted(AssignedIdentity record) {
    written.deleted(record);
    nudge();
  }

  /** The store found a record other than this view shows it. */
  void contradicted(NamespacedName record) {
    written.forget(record);
  }

  private @Nullable Pod knownPod(NamespacedName name) {
    return pods.get(name.toString());
  }

  private @Nullable AzureIdentity knownIdentity(NamespacedName name) {
    var known = identities.get(name.toString());
    return known == null ? null : known.meaning();
  }

  private @Nullable ComputeTarget knownTarget(String nodeName) {
    KnownNode known = nodes.get(nodeName);
    return known == null ? null : known.meaning().target();
  }

  private @Nullable IdentityBinding knownBinding(NamespacedName name) {
    var known = bindings.get(name.toString());
    return known == null ? null : known.meaning();
  }

  private void originalChanged(@Nullable Original<?, ?> before, @Nullable Original<?, ?> after) {
    Object old = before == null ? null : before.meaning();
    Object now = after == null ? null : after.meaning();
    if (!Objects.equals(old, now)) {
      nudge();
    }
  }

  private void recordChanged(@Nullable AssignedIdentity before, @Nullable AssignedIdentity after) {
    boolean same =
        before != null && after != null && withoutVersion(before).equals(withoutVersion(after));
    if (!same && !written.isOurs(before, after)) {
      nudge();
    }
  }

  private void nudge() {
    if (hasSynced()) {
      nudges.call();
    }
  }

  private static AssignedIdentity withoutVersion(AssignedIdentity record) {
    return record.with("", record.state(), record.provenance());
  }

  private static <T extends HasMetadata> T trimmed(T object) {
    object.getMetadata().setManagedFields(null);
    return object;
  }

  private KnownNode node(io.fabric8.kubernetes.api.model.Node node) {
    NodeSpec spec = node.getSpec();
    String providerId = Metadata.orEmpty(spec == null ? null : spec.getProviderID());
    String name = node.getMetadata().getName().intern();
    return isInitialized(node)
        ? node(name, providerId)
        : new KnownNode(providerId, new Node(name, null, false));
  }

  private KnownNode node(KnownNode known) {
    return known.meaning.initialized() ? node(known.meaning.name(), known.providerId) : known;
  }

  /** Before it is the kubelet has registered it, and the cloud's controller not seen it. */
  static boolean isInitialized(io.fabric8.kubernetes.api.model.Node node) {
    NodeSpec spec = node.getSpec();
    return spec == null
        || isInitialized(spec.getProviderID(), spec.getTaints().stream().map(Taint::getKey));
  }

  /** The same, by what a node's specification has. */
  static boolean isInitialized(@Nullable String providerId, Stream<@Nullable String> taints) {
    return !Metadata.orEmpty(providerId).isEmpty() || taints.noneMatch(UNINITIALIZED::equals);
  }

  private KnownNode node(String name, String providerId) {
    return new KnownNode(providerId, new Node(name, targets.apply(name, providerId)));
  }
}
