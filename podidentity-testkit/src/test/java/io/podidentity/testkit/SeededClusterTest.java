package io.podidentity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SeededClusterTest {
  private static final List<ClusterSnapshot> CLUSTERS =
      LongStream.range(0, 300).mapToObj(seed -> SeededCluster.of(seed, false)).toList();

  @Test
  void seedGivesTheSameClusterAndAnotherAnother() {
    assertThat(SeededCluster.of(7, true)).isEqualTo(SeededCluster.of(7, true));
    assertThat(SeededCluster.of(7, true)).isNotEqualTo(SeededCluster.of(8, true));
    assertThat(Set.copyOf(CLUSTERS)).hasSameSizeAs(CLUSTERS);
  }

  @Test
  void namesAreUniqueInACluster() {
    assertThat(CLUSTERS)
        .allSatisfy(
            cluster -> {
              assertThat(cluster.pods()).extracting(Pod::name).doesNotHaveDuplicates();
              assertThat(cluster.identities())
                  .extracting(AzureIdentity::name)
                  .doesNotHaveDuplicates();
              assertThat(cluster.records()).extracting(r -> r.name()).doesNotHaveDuplicates();
            });
  }

  /** What never comes up is not tested by whoever uses it. */
  @Test
  void whatIsPromisedComesUp() {
    List<AzureIdentity> identities = new ArrayList<>();
    CLUSTERS.forEach(cluster -> identities.addAll(cluster.identities()));
    Set<String> nodes =
        CLUSTERS.stream()
            .flatMap(cluster -> cluster.pods().stream())
            .map(pod -> String.valueOf(pod.nodeName()))
            .collect(Collectors.toSet());

    assertThat(identities)
        .anyMatch(identity -> identity.credential() instanceof Credential.Unusable)
        .anyMatch(identity -> identity.credential() instanceof Credential.ClientSecret)
        .anyMatch(identity -> identity.namespacedOnly());
    assertThat(nodes).containsExactlyInAnyOrder("null", "n0", "n1", "n2", "n3", "n4", "n5");
    assertThat(CLUSTERS)
        .flatExtracting(ClusterSnapshot::records)
        .extracting(record -> record.state())
        .contains(AssignmentState.values());
    assertThat(CLUSTERS)
        .flatExtracting(ClusterSnapshot::records)
        .anyMatch(record -> record.podUid() == null)
        .anyMatch(record -> record.terminating());
  }
}
