package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Scenarios of v1.8.17's {@code test/e2e} that no other class here has: single_identity_test.go,
 * multiple_identities_test.go, invalid_identity_test.go, name_conflict_test.go and node_test.go.
 */
@EndToEnd
final class UpstreamScenariosIT {
  private static final Duration SOON = Duration.ofSeconds(40);

  @Test
  void recordFollowsTheFieldsOfItsAzureIdentity(EndToEndCluster cluster, Scene scene) {
    BoundIdentity before = scene.identity("before");
    BoundIdentity after = scene.identity("after");
    TestPod pod = scene.boundPod("orders", cluster.vm(), before);

    scene.bind(new BoundIdentity(before.name(), after.resourceId(), after.clientId()), "orders");

    Await.asserted(
        SOON,
        () ->
            assertThat(
                    field(cluster, scene.recordName(pod, before), "azureIdentityRef.spec.clientID"))
                .isEqualTo(after.clientId()));
    scene.awaitAssigned(pod, before);
    assertHasTokenOf(after, pod);
    Await.until(
        "the old one is off", SOON, () -> !cluster.azure().isAttached(before, cluster.vm()));
  }

  @Test
  void identitiesThatAreRemovedInAnyOrderLeaveTheOthersAtWork(
      EndToEndCluster cluster, Scene scene) {
    List<BoundIdentity> identities = new ArrayList<>();
    List<TestPod> pods = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      BoundIdentity identity = scene.identity("id-" + i);
      scene.bind(identity, "pod-" + i);
      identities.add(identity);
      pods.add(scene.pod("pod-" + i, cluster.vm(), "pod-" + i));
    }
    for (int i = 0; i < 5; i++) {
      scene.awaitAssigned(pods.get(i), identities.get(i));
    }
    List<Integer> left = new ArrayList<>(List.of(0, 1, 2, 3, 4));
    for (Integer next : List.of(2, 0, 4, 1, 3)) {
      left.remove(next);
      scene.delete("azureidentity/" + identities.get(next).name());
      scene.awaitNoRecord(pods.get(next), identities.get(next));
      assertThat(cluster.azure().isAttached(identities.get(next), cluster.vm())).isFalse();
      for (int other : left) {
        assertThat(scene.recordState(pods.get(other), identities.get(other))).isEqualTo("Assigned");
        assertHasTokenOf(identities.get(other), pods.get(other));
      }
    }
  }

  @Test
  void podWhoseLabelChangesGetsTheIdentityOfTheNewOne(EndToEndCluster cluster, Scene scene) {
    BoundIdentity first = scene.identity("first");
    BoundIdentity second = scene.identity("second");
    scene.bind(second, "second");
    TestPod pod = scene.boundPod("orders", cluster.vm(), first);

    cluster
        .api()
        .kubectl(
            "label",
            "pod",
            pod.name(),
            "-n",
            scene.namespace(),
            "aadpodidbinding=second",
            "--overwrite");

    scene.awaitAssigned(pod, second);
    scene.awaitNoRecord(pod, first);
    assertHasTokenOf(second, pod);
  }

  @Test
  void identitiesThatThereAreNotStayCreatedBesideOneThatThereIs(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity valid = scene.identity("valid");
    List<BoundIdentity> invalid = List.of(notThere("no-1"), notThere("no-2"));
    invalid.forEach(identity -> scene.bind(identity, "batch"));
    scene.bind(valid, "batch");

    TestPod pod = scene.pod("batch", cluster.firstInstance(), "batch");

    scene.awaitAssigned(pod, valid);
    assertHasTokenOf(valid, pod);
    for (BoundIdentity identity : invalid) {
      scene.awaitBindingEvent(identity, "failed to apply binding");
      assertThat(scene.recordState(pod, identity)).isEqualTo("Created");
    }
  }

  @Test
  void identityThatThereIsNotAndThatComesLaterTakesNothingOff(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity valid = scene.identity("valid");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), valid);
    BoundIdentity late = notThere("late");

    scene.bind(late, "orders");

    scene.awaitBindingEvent(late, "failed to apply binding");
    assertThat(scene.recordState(pod, late)).isEqualTo("Created");
    assertThat(scene.recordState(pod, valid)).isEqualTo("Assigned");
    assertHasTokenOf(valid, pod);
  }

  @Test
  void ofEqualNamesInTwoNamespacesTheFirstByNameCounts(EndToEndCluster cluster, Scene scene) {
    BoundIdentity own = scene.identity("orders");
    BoundIdentity others = scene.identity("others");
    String earlier = "a-" + scene.namespace();
    cluster.api().createNamespace(earlier);
    cluster
        .api()
        .apply(
            SceneYaml.identity(earlier, own.name(), "{}", SceneYaml.spec(others))
                + SceneYaml.binding(earlier, own.name(), "orders"));
    try {
      TestPod pod = scene.boundPod("orders", cluster.vm(), own);

      String record = scene.recordName(pod, own);
      assertThat(field(cluster, record, "azureIdentityRef.metadata.namespace")).isEqualTo(earlier);
      assertThat(field(cluster, record, "azureBindingRef.metadata.namespace")).isEqualTo(earlier);
      assertHasTokenOf(others, pod);
    } finally {
      cluster
          .api()
          .kubectl("delete", "azureidentitybindings,azureidentities", "--all", "-n", earlier);
    }
  }

  @Test
  void recordOfAnIdentityThatSomebodyTookOffGoesWithItsPod(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.vm(), orders);
    cluster.azure().detach(orders, cluster.vm());

    scene.remove(pod);

    scene.awaitNoRecord(pod, orders);
  }

  @Test
  void identityThatSomebodyElseAttachedStays(EndToEndCluster cluster, Scene scene) {
    BoundIdentity theirs = scene.identity("theirs");
    cluster.azure().attach(theirs, cluster.vm());
    try {
      BoundIdentity orders = scene.identity("orders");
      TestPod pod = scene.boundPod("orders", cluster.vm(), orders);

      scene.remove(pod);

      scene.awaitNoRecord(pod, orders);
      assertThat(cluster.azure().isAttached(orders, cluster.vm())).isFalse();
      assertThat(cluster.azure().isAttached(theirs, cluster.vm())).isTrue();
    } finally {
      cluster.azure().detach(theirs, cluster.vm());
    }
  }

  private static BoundIdentity notThere(String name) {
    return new BoundIdentity(
        name, AzureNames.identity(name), "dddddddd-0000-4000-8000-00000000dead");
  }

  private static void assertHasTokenOf(BoundIdentity identity, TestPod pod) {
    assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(identity.clientId());
  }

  private static String field(EndToEndCluster cluster, String record, String path) {
    return cluster
        .api()
        .kubectl("get", "azureassignedidentity", record, "-o", "jsonpath={.spec." + path + "}");
  }
}
