package io.podidentity.api.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.ResourceId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WorkloadsTest {
  private static final NamespacedName JOB = new NamespacedName("ci", "job");
  private static final NamespacedName OTHER = new NamespacedName("ci", "other");

  private final Workloads workloads = new Workloads();

  @Test
  void workloadIsFoundByItsNameAndByEachOfItsAddresses() {
    workloads.put(JOB, Set.of(address(1), address(2)), List.of(identity("ci", "one")));

    Pod found = workloads.byName(JOB).orElseThrow();
    assertThat(workloads.byAddress(address(1))).containsExactly(found);
    assertThat(workloads.byAddress(address(2))).containsExactly(found);
    assertThat(workloads.list().join()).containsExactly(found);
    assertThat(workloads.byAddress(address(3))).isEmpty();
    assertThat(workloads.byName(OTHER)).isEmpty();
  }

  @Test
  void workloadHasItsOwnIdentitiesAndNoOthers() {
    AzureIdentity one = identity("ci", "one");
    AzureIdentity two = identity("ci", "two");
    workloads.put(JOB, Set.of(), List.of(one, two));
    workloads.put(OTHER, Set.of(), List.of(two));

    assertThat(workloads.bindings("ci", "job"))
        .extracting(binding -> binding.azureIdentity())
        .containsExactly("one", "two");
    assertThat(workloads.bindings("ci", "other"))
        .extracting(binding -> binding.azureIdentity())
        .containsExactly("two");
    assertThat(workloads.bindings("default", "job")).isEmpty();
    assertThat(workloads.identity(one.name())).contains(one);
    assertThat(workloads.describedIds())
        .containsAll(one.managedIds())
        .containsAll(two.managedIds());
  }

  @Test
  void replacedWorkloadIsAnotherAndKeepsNothing() {
    workloads.put(JOB, Set.of(address(1)), List.of(identity("ci", "one")));
    Pod first = workloads.byName(JOB).orElseThrow();

    workloads.put(JOB, Set.of(address(2)), List.of());

    assertThat(workloads.byName(JOB).orElseThrow().uid()).isNotEqualTo(first.uid());
    assertThat(workloads.byAddress(address(1))).isEmpty();
    assertThat(workloads.bindings("ci", "job")).isEmpty();
    assertThat(workloads.identity(new NamespacedName("ci", "one"))).isEmpty();
    assertThat(workloads.describedIds()).isEmpty();
  }

  /** What a host does that puts its whole table every few seconds. */
  @Test
  void workloadThatIsPutAsItIsStaysTheSameAndWakesNobody() {
    AzureIdentity one = identity("ci", "one");
    AzureIdentity two = identity("ci", "two");
    workloads.putAll(List.of(workload(JOB, 1, one, two), workload(OTHER, 2)));
    Pod job = workloads.byName(JOB).orElseThrow();
    Pod other = workloads.byName(OTHER).orElseThrow();
    List<String> woken = new ArrayList<>();
    workloads.onChangeOf(JOB, () -> woken.add("job"));
    workloads.onChange(address(1), () -> woken.add("address"));
    workloads.onChangeOf(OTHER, () -> woken.add("other"));

    // In whatever order it comes: which of them a request gets that names none is not said.
    workloads.putAll(List.of(workload(OTHER, 3), workload(JOB, 1, two, one)));

    assertThat(workloads.byName(JOB)).get().isSameAs(job);
    assertThat(workloads.byAddress(address(1))).containsExactly(job);
    assertThat(workloads.byName(OTHER).orElseThrow().uid()).isNotEqualTo(other.uid());
    assertThat(woken).containsExactly("other");
  }

  @Test
  void workloadWithAnotherAddressOrIdentityIsAnother() {
    AzureIdentity one = identity("ci", "one");
    AzureIdentity edited =
        new AzureIdentity(one.name(), one.uid(), 2, false, identity("ci", "x").credential());
    List<Workload> states =
        List.of(
            workload(JOB, 1, one),
            new Workload(JOB, Set.of(address(1), address(2)), List.of(one)),
            workload(JOB, 1, one),
            workload(JOB, 1, one, identity("ci", "two")),
            workload(JOB, 1),
            workload(JOB, 1, one),
            workload(JOB, 1, edited));
    List<String> uids = new ArrayList<>();

    for (Workload state : states) {
      workloads.putAll(List.of(state));
      uids.add(workloads.byName(JOB).orElseThrow().uid());
    }

    assertThat(uids).doesNotHaveDuplicates();
  }

  @Test
  void workloadThatWasGoneIsAnotherThoughItSaysTheSame() {
    workloads.put(JOB, Set.of(address(1)), List.of(identity("ci", "one")));
    Pod first = workloads.byName(JOB).orElseThrow();

    workloads.remove(JOB);
    workloads.put(JOB, Set.of(address(1)), List.of(identity("ci", "one")));

    assertThat(workloads.byName(JOB).orElseThrow().uid()).isNotEqualTo(first.uid());
  }

  @Test
  void addressOfTwoWorkloadsShowsBoth() {
    workloads.put(JOB, Set.of(address(1)), List.of());
    workloads.put(OTHER, Set.of(address(1)), List.of());

    assertThat(workloads.byAddress(address(1))).hasSize(2);
  }

  @Test
  void identityOfAnotherNamespaceIsRefusedAndChangesNothing() {
    assertThatThrownBy(() -> workloads.put(JOB, Set.of(), List.of(identity("prod", "one"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prod/one");

    assertThat(workloads.list().join()).isEmpty();
  }

  @Test
  void oneNameForTwoIdentitiesIsRefusedAndChangesNothing() {
    workloads.put(OTHER, Set.of(), List.of(identity("ci", "one")));
    AzureIdentity impostor =
        new AzureIdentity(
            new NamespacedName("ci", "one"), "uid", 1, false, identity("ci", "x").credential());

    assertThatThrownBy(() -> workloads.put(JOB, Set.of(), List.of(impostor)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ci/one");

    assertThat(workloads.byName(JOB)).isEmpty();
  }

  /** Rotated, or moved to another resource group. */
  @Test
  void identityOfSeveralWorkloadsChangesWithAllOfThem() {
    AzureIdentity before = identity("ci", "one");
    AzureIdentity after =
        new AzureIdentity(before.name(), "uid", 2, false, identity("ci", "new").credential());
    workloads.putAll(List.of(workload(JOB, 1, before), workload(OTHER, 2, before)));
    assertThatThrownBy(() -> workloads.putAll(List.of(workload(JOB, 1, after))))
        .isInstanceOf(IllegalArgumentException.class);
    List<String> woken = new ArrayList<>();
    workloads.onChangeOf(JOB, () -> woken.add("job"));
    workloads.onChange(address(2), () -> woken.add("other"));

    workloads.putAll(List.of(workload(JOB, 1, after), workload(OTHER, 2, after)));

    assertThat(workloads.identity(before.name())).contains(after);
    assertThat(workloads.describedIds()).isEqualTo(after.managedIds());
    assertThat(woken).containsExactlyInAnyOrder("job", "other");
  }

  @Test
  void oneNameForTwoWorkloadsIsRefusedAndChangesNothing() {
    assertThatThrownBy(() -> workloads.putAll(List.of(workload(JOB, 1), workload(JOB, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ci/job");

    assertThat(workloads.list().join()).isEmpty();
  }

  private static Workload workload(NamespacedName name, int address, AzureIdentity... identities) {
    return new Workload(name, Set.of(address(address)), List.of(identities));
  }

  @Test
  void whoWaitsIsWokenByWhatConcernsHimAndByNothingElse() {
    List<String> woken = new ArrayList<>();
    workloads.onChange(address(1), () -> woken.add("address"));
    workloads.onChangeOf(JOB, () -> woken.add("name"));
    workloads.onChangeOf(OTHER, () -> woken.add("other"));
    workloads.onChangeOf(JOB, () -> woken.add("closed")).close();

    workloads.put(JOB, Set.of(address(1)), List.of());
    assertThat(woken).containsExactlyInAnyOrder("address", "name");

    woken.clear();
    workloads.put(JOB, Set.of(address(2)), List.of());
    assertThat(woken).containsExactlyInAnyOrder("address", "name");

    woken.clear();
    workloads.remove(JOB);
    workloads.remove(JOB);
    assertThat(woken).containsExactly("name");
  }

  static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static AzureIdentity identity(String namespace, String name) {
    return new AzureIdentity(
        new NamespacedName(namespace, name),
        "uid-" + name,
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of("sub", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", name),
            new ClientId("client-of-" + name)));
  }
}
