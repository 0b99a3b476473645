package io.podidentity.testkit;

import io.podidentity.api.matching.BindingMatcher;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Small clusters for tests of what holds for every cluster: names, labels, nodes and identities
 * collide often, resource IDs differ in letter case, some nodes have no machine or do not exist,
 * some pods have ended, some identities cannot be used, and there are records that are left over
 * from another such cluster. The same seed gives the same cluster; put it into the test's name.
 *
 * <p>{@code podidentity-api} compiles this file with its own tests, which cannot depend on this
 * module; so it uses nothing but the API.
 */
public final class SeededCluster {
  private static final String SUBSCRIPTION = "d0b6b3a2-17a0-4a6c-9ee7-3c6d2c1a7e55";
  private static final String GROUP = "nodes";
  private static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");
  private static final List<String> NAMESPACES = List.of("a", "b", "default");

  /** The last one has no machine, and n5, on which pods are too, does not exist. */
  private static final List<Node> NODES =
      List.of(
          new Node("n0", ComputeTarget.virtualMachine(SUBSCRIPTION, GROUP, "n0")),
          new Node("n1", ComputeTarget.virtualMachine(SUBSCRIPTION, GROUP, "n1")),
          new Node("n2", ComputeTarget.scaleSet(SUBSCRIPTION, GROUP, "pool")),
          new Node("n3", ComputeTarget.scaleSet(SUBSCRIPTION, GROUP, "POOL")),
          new Node("n4", null));

  private final Random random;
  private final boolean forceNamespaced;

  private SeededCluster(long seed, boolean forceNamespaced) {
    this.random = new Random(seed);
    this.forceNamespaced = forceNamespaced;
  }

  /**
   * The cluster of a seed.
   *
   * @param forceNamespaced whether its records were made with every identity kept to pods of its
   *     own namespace
   */
  public static ClusterSnapshot of(long seed, boolean forceNamespaced) {
    SeededCluster cluster = new SeededCluster(seed, forceNamespaced);
    ClusterSnapshot before = cluster.objects();
    ClusterSnapshot now = cluster.objects();
    List<AssignedIdentity> records =
        distinct(
            Stream.of(cluster.records(before, 3), cluster.records(now, 2)).flatMap(List::stream),
            AssignedIdentity::name);
    return new ClusterSnapshot(now.pods(), now.identities(), now.bindings(), records, NODES, NOW);
  }

  /** The nodes of all of these clusters. */
  public static List<Node> nodes() {
    return NODES;
  }

  /** The ID of an identity; those of these clusters are called {@code r0} to {@code r4}. */
  public static ResourceId identityId(String name) {
    return ResourceId.of(
        SUBSCRIPTION, "identities", "Microsoft.ManagedIdentity", "userAssignedIdentities", name);
  }

  private ClusterSnapshot objects() {
    return new ClusterSnapshot(
        distinct(many(12, this::pod), Pod::name),
        distinct(many(8, this::identity), AzureIdentity::name),
        distinct(many(10, this::binding), IdentityBinding::name),
        List.of(),
        NODES,
        NOW);
  }

  private static <T> Stream<T> many(int count, Supplier<T> maker) {
    return IntStream.range(0, count).mapToObj(i -> maker.get());
  }

  /** The last one of each name. */
  private static <T> List<T> distinct(Stream<T> all, Function<T, NamespacedName> name) {
    Map<NamespacedName, T> byName = new LinkedHashMap<>();
    all.forEach(each -> byName.put(name.apply(each), each));
    return List.copyOf(byName.values());
  }

  private Pod pod() {
    return new Pod(
        name("web-", 4),
        "uid-" + random.nextInt(3),
        oneIn(8) ? null : "n" + random.nextInt(NODES.size() + 1),
        Map.of(IdentityBinding.POD_LABEL, selector()),
        Set.of(),
        oneIn(6) ? pick(PodPhase.values()) : PodPhase.RUNNING,
        false,
        false);
  }

  private AzureIdentity identity() {
    NamespacedName name = name("x", 4);
    return new AzureIdentity(name, "uid-of-" + name, 1, oneIn(4), credential(name));
  }

  private Credential credential(NamespacedName name) {
    if (oneIn(8)) {
      return new Credential.Unusable("Invalid resource id: nonsense");
    }
    if (oneIn(6)) {
      return new Credential.ClientSecret(
          new Credential.ServicePrincipal(
              "tenant", clientId(name.toString()), name, List.of(), null));
    }
    String resource = "r" + random.nextInt(5);
    String id = identityId(resource).value();
    ResourceId written = new ResourceId(random.nextBoolean() ? id : id.toUpperCase(Locale.ROOT));
    return new Credential.ManagedIdentity(written, clientId(resource));
  }

  /** Always the same for a text. */
  private static ClientId clientId(String text) {
    return new ClientId(UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString());
  }

  private IdentityBinding binding() {
    return new IdentityBinding(name("b", 5), "x" + random.nextInt(5), selector());
  }

  private List<AssignedIdentity> records(ClusterSnapshot objects, int oneIn) {
    List<AssignedIdentity> records = new ArrayList<>();
    for (DesiredAssignment desired : new BindingMatcher(forceNamespaced).match(objects).desired()) {
      if (oneIn(oneIn)) {
        records.add(record(desired));
      }
    }
    return records;
  }

  private AssignedIdentity record(DesiredAssignment desired) {
    return new AssignedIdentity(
        desired.record(),
        "uid-of-" + desired.record(),
        "1",
        desired.pod().name(),
        oneIn(5) ? null : desired.pod().uid(),
        desired.nodeName(),
        desired.identity(),
        desired.binding(),
        pick(AssignmentState.values()),
        oneIn(8));
  }

  private String selector() {
    return oneIn(8) ? "" : "app" + random.nextInt(3);
  }

  private NamespacedName name(String prefix, int count) {
    return new NamespacedName(
        NAMESPACES.get(random.nextInt(NAMESPACES.size())), prefix + random.nextInt(count));
  }

  private boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
