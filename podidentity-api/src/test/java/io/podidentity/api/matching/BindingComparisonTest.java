package io.podidentity.api.matching;

import static io.podidentity.api.fixture.PodBuilder.bound;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.namespaced;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.fixture.RecordBuilder;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The comparison with the records against one that puts all names together and looks them up in a
 * map, in small clusters full of names that clash.
 */
class BindingComparisonTest {
  private static final List<String> WORDS = List.of("a", "b", "a-b", "b-a", "a-a", "Aa", "BB");

  /** What was told. */
  private static final class Told implements RecordComparison {
    final Map<DesiredAssignment, @Nullable AssignedIdentity> desired = new HashMap<>();
    final List<AssignedIdentity> leftOver = new ArrayList<>();

    @Override
    public void desired(DesiredAssignment assignment, @Nullable AssignedIdentity record) {
      assertThat(desired).doesNotContainKey(assignment);
      desired.put(assignment, record);
    }

    @Override
    public void leftOver(AssignedIdentity record) {
      leftOver.add(record);
    }
  }

  @ParameterizedTest(name = "forced {0}")
  @ValueSource(booleans = {false, true})
  void itSaysWhatTheNamesSay(boolean forceNamespaced) {
    int clashes = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      ClusterSnapshot cluster = cluster(random);
      BindingMatcher matcher = new BindingMatcher(forceNamespaced);
      Map<NamespacedName, DesiredAssignment> wanted = naive(cluster, forceNamespaced);
      ClusterSnapshot recorded = withRecords(cluster, wanted, random);
      Map<NamespacedName, AssignedIdentity> records = new HashMap<>();
      recorded.records().forEach(record -> records.put(record.name(), record));

      BindingMatcher.Compared<Told> compared = matcher.compare(recorded, Told::new);

      Map<DesiredAssignment, @Nullable AssignedIdentity> expected = new HashMap<>();
      wanted.values().forEach(one -> expected.put(one, records.remove(one.record())));
      assertThat(compared.told().desired).as("seed %d", seed).isEqualTo(expected);
      assertThat(compared.told().leftOver)
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(records.values());
      assertThat(compared.problems())
          .as("seed %d", seed)
          .isEqualTo(matcher.match(cluster).problems());
      clashes += compared.problems().size();
    }
    // Within one namespace hardly any do.
    assertThat(clashes).isGreaterThan(forceNamespaced ? -1 : 100);
  }

  @Test
  void manyNamesOfOneHashAreFoundAllTheSame() {
    List<Pod> pods = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      String name =
          Integer.toBinaryString(256 + i).substring(1).replace("0", "Aa").replace("1", "BB");
      pods.add(bound("apps/" + name, "app"));
    }
    assertThat(pods.stream().map(pod -> pod.name().hashCode()).distinct()).hasSize(1);
    AzureIdentity identity = identity("apps/x");
    List<AssignedIdentity> records =
        pods.stream().map(pod -> RecordBuilder.record(pod, identity).build()).toList();

    Told told =
        new BindingMatcher(false)
            .compare(
                new ClusterSnapshot(
                    pods,
                    List.of(identity),
                    List.of(binding("apps/x", "x", "app")),
                    records.subList(0, 200),
                    List.of(),
                    Samples.NOW),
                Told::new)
            .told();

    Set<@Nullable AssignedIdentity> found = Set.copyOf(records.subList(0, 200));
    assertThat(told.desired).hasSize(256);
    assertThat(told.desired.values().stream().filter(record -> record != null))
        .containsExactlyInAnyOrderElementsOf(found);
    told.desired.forEach(
        (desired, record) ->
            assertThat(record == null || record.name().equals(desired.record())).isTrue());
    assertThat(told.leftOver).isEmpty();
  }

  private static ClusterSnapshot cluster(Random random) {
    Set<String> podNames = names(random, 12);
    List<Pod> pods = new ArrayList<>();
    podNames.forEach(name -> pods.add(bound(name, "app" + random.nextInt(2))));
    List<AzureIdentity> identities = new ArrayList<>();
    for (String name : names(random, 4)) {
      identities.add(random.nextInt(4) == 0 ? namespaced(identity(name)) : identity(name));
    }
    List<IdentityBinding> bindings = new ArrayList<>();
    for (String name : names(random, 6)) {
      AzureIdentity of = identities.get(random.nextInt(identities.size()));
      bindings.add(
          binding(
              of.name().namespace() + "/" + name.replace('/', '.'),
              of.name().name(),
              "app" + random.nextInt(2)));
    }
    Collections.shuffle(pods, random);
    return new ClusterSnapshot(pods, identities, bindings, List.of(), List.of(), Samples.NOW);
  }

  private static Set<String> names(Random random, int count) {
    Set<String> names = new TreeSet<>();
    while (names.size() < count) {
      names.add(word(random) + "/" + word(random));
    }
    return names;
  }

  private static String word(Random random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  /** The cluster with records of most of what is desired, about whatever, and of other names. */
  private static ClusterSnapshot withRecords(
      ClusterSnapshot cluster, Map<NamespacedName, DesiredAssignment> wanted, Random random) {
    Set<NamespacedName> names =
        wanted.keySet().stream()
            .filter(name -> random.nextInt(4) > 0)
            .collect(Collectors.toCollection(TreeSet::new));
    for (String other : names(random, 4)) {
      names.add(Samples.name("default/" + other.replace('/', '-') + "-" + word(random)));
    }
    List<AssignedIdentity> records = new ArrayList<>();
    for (NamespacedName name : names) {
      Pod pod = cluster.pods().get(random.nextInt(cluster.pods().size()));
      AzureIdentity identity =
          cluster.identities().get(random.nextInt(cluster.identities().size()));
      records.add(RecordBuilder.record(pod, identity).name(name.toString()).build());
    }
    Collections.shuffle(records, random);
    return new ClusterSnapshot(
        cluster.pods(),
        cluster.identities(),
        cluster.bindings(),
        records,
        List.of(),
        cluster.now());
  }

  /** Each pod with each binding, in v1's order. */
  private static Map<NamespacedName, DesiredAssignment> naive(
      ClusterSnapshot cluster, boolean forceNamespaced) {
    Map<NamespacedName, DesiredAssignment> desired = new HashMap<>();
    List<Pod> pods = new ArrayList<>(cluster.pods());
    pods.sort((one, other) -> one.name().compareTo(other.name()));
    List<IdentityBinding> bindings = new ArrayList<>(cluster.bindings());
    bindings.sort((one, other) -> one.name().compareTo(other.name()));
    for (Pod pod : pods) {
      for (IdentityBinding binding : bindings) {
        for (AzureIdentity identity : cluster.identities()) {
          boolean named =
              identity.name().namespace().equals(binding.name().namespace())
                  && identity.name().name().equals(binding.azureIdentity());
          if (named
              && binding.selector().equals(pod.bindingLabel())
              && identity.isOpenTo(pod.name().namespace(), forceNamespaced)) {
            NamespacedName record =
                DesiredAssignment.recordName(pod.name(), identity, forceNamespaced);
            desired.putIfAbsent(
                record, new DesiredAssignment(record, pod, "n1", binding, identity));
          }
        }
      }
    }
    return desired;
  }
}
