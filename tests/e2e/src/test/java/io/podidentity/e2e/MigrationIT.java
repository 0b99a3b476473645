package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The way of {@code docs/migrate-from-v1.md}, there and back, on one node and with one MIC. v1's
 * side is played: its records, lock and rules are of v1.8.17's exact shape, and {@link V1NmiMain}
 * answers where v1's NMI does.
 */
@EndToEnd
final class MigrationIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void upgradeKeepsTokensFlowingAndTakesOverWhatV1Assigned(EndToEndCluster cluster, Scene scene) {
    NetworkNamespace node = cluster.spare().network().namespace();
    V1Cluster v1 = new V1Cluster(cluster.api());
    Program mic = cluster.mic();
    // Else it detaches later what a test before this one left.
    Await.asserted(
        LIMIT, () -> assertThat(cluster.micCommand("plan").stdout()).isEqualTo("nothing to do\n"));
    // It gives up both of its locks.
    mic.stop();
    nmiCommand(node, "uninstall");
    // As deploy/node's unit does at the start of a node: v1 leaves a moment without rules.
    nmiCommand(node, "lockdown");
    V1Rules.write(node);
    BoundIdentity orders = scene.identity("orders");
    scene.bind(orders, "orders");
    cluster.azure().attach(orders, cluster.spare());
    TestPod pod = scene.pod("orders", cluster.spare(), "orders");
    v1.record(scene, pod, orders);
    v1.renewLock("aad-pod-identity-mic-of-v1");
    int calls = cluster.azure().armRequests().size();

    ManagedProcess v1Nmi = startV1Nmi(node, orders);
    try (TokenStream stream = TokenStream.of(pod)) {
      awaitTokens(stream, orders);

      // MIC first: v1's has the lock still, and lets it run out.
      mic.start();
      mic.awaitHealth("Not Active");
      v1.renewLock("aad-pod-identity-mic-of-v1");
      assertThat(mic.health()).isEqualTo("Not Active");
      mic.awaitActive();
      assertThat(stream.take()).as("since the first token").containsOnly(orders.clientId());
      awaitOnlyTokens(stream, orders);

      // NMI, as the roll-out does: the old one ends and takes its rules along.
      v1Nmi.kill();
      V1Rules.remove(node);
      // Those that v1's gave do not count.
      stream.take();
      try (Program nmi = cluster.startNmi()) {
        awaitTokens(stream, orders);
        V1Rules.assertThere(node);
        awaitOnlyTokens(stream, orders);
        nmi.stop();
      }
    } finally {
      v1Nmi.kill();
      mic.startAgainIfItEnded();
    }

    assertThat(scene.recordState(pod, orders)).isEqualTo("Assigned");
    // Others' may be what a test before this one left to detach.
    assertThat(changesSince(cluster, calls)).as("changes of its machine").isEmpty();

    scene.remove(pod);
    scene.awaitNoRecord(pod, orders);
    assertThat(cluster.azure().isAttached(orders, cluster.spare()))
        .as("what v1 assigned counts as MIC's")
        .isFalse();
    nmiCommand(node, "uninstall");
  }

  @Test
  void rollBackLeavesV1WhatItNeedsAndPodsNoWayPastIt(EndToEndCluster cluster, Scene scene) {
    NetworkNamespace node = cluster.spare().network().namespace();
    V1Cluster v1 = new V1Cluster(cluster.api());
    Program mic = cluster.mic();
    BoundIdentity orders = scene.identity("orders");
    TestPod pod;
    try (Program nmi = cluster.startNmi()) {
      pod = scene.boundPod("orders", cluster.spare(), orders);
      assertThat(TokenAnswer.of(pod.askForToken()).clientId()).isEqualTo(orders.clientId());
      // As a roll-out does: the DaemonSet is there, with another template.
      nmi.stop();
    }
    V1Rules.assertThere(node);

    mic.stop();
    try {
      assertThat(v1.lockHolder()).as("a MIC of v1 leads at once").isEmpty();
      v1.renewLock("aad-pod-identity-mic-of-v1");
      assertReadableByV1(v1.record(scene.recordName(pod, orders)), pod, orders);

      ManagedProcess v1Nmi = startV1Nmi(node, orders);
      try (TokenStream stream = TokenStream.of(pod)) {
        awaitTokens(stream, orders);
        awaitOnlyTokens(stream, orders);
      } finally {
        v1Nmi.kill();
      }

      // v1 removes its rules, as at each of its ends. The lockdown is none of them.
      V1Rules.remove(node);
      try (TokenStream stream = TokenStream.of(pod)) {
        Await.until("an answer", LIMIT, () -> stream.take().contains(TokenStream.NOBODY));
      }
      nmiCommand(node, "uninstall");
      assertThat(node.exec("nft", "list", "tables")).doesNotContain("podidentity");
      assertThat(node.exec("ip", "rule")).doesNotContain("prohibit");
    } finally {
      nmiCommand(node, "lockdown");
      mic.start();
      mic.awaitActive();
    }
  }

  /** The fields by which v1's MIC and NMI find, match and remove a record. */
  private static void assertReadableByV1(JsonNode record, TestPod pod, BoundIdentity identity) {
    assertThat(record.path("metadata").path("labels").path("nodename").asString())
        .isEqualTo(pod.node().name());
    assertThat(record.path("metadata").path("finalizers").toString())
        .isEqualTo("[\"azureassignedidentity.finalizers.aadpodidentity.k8s.io\"]");
    JsonNode spec = record.path("spec");
    assertThat(spec.path("pod").asString()).isEqualTo(pod.name());
    assertThat(spec.path("podNamespace").asString()).isEqualTo(pod.namespace());
    assertThat(spec.path("nodename").asString()).isEqualTo(pod.node().name());
    JsonNode identityCopy = spec.path("azureIdentityRef");
    assertThat(identityCopy.path("metadata").path("name").asString()).isEqualTo(identity.name());
    assertThat(identityCopy.path("spec").path("clientID").asString())
        .isEqualTo(identity.clientId());
    assertThat(identityCopy.path("spec").path("resourceID").asString())
        .isEqualTo(identity.resourceId());
    assertThat(spec.path("azureBindingRef").path("spec").path("selector").asString())
        .isEqualTo("orders");
    assertThat(record.path("status").path("status").asString()).isEqualTo("Assigned");
  }

  private static ManagedProcess startV1Nmi(NetworkNamespace node, BoundIdentity identity) {
    ManagedProcess started =
        node.inside(JavaProgram.of(V1NmiMain.class, identity.clientId())).start("v1-nmi");
    started.awaitLine(Pattern.compile("listening"), LIMIT);
    return started;
  }

  /** Waits for a token. Before it a client may have been told to try again, and nothing else. */
  private static void awaitTokens(TokenStream stream, BoundIdentity identity) {
    Await.until(
        "tokens flow",
        LIMIT,
        () -> {
          List<String> answers = stream.take();
          assertThat(answers)
              .isSubsetOf(identity.clientId(), TokenStream.NOBODY, TokenStream.AGAIN);
          return answers.contains(identity.clientId());
        });
  }

  /** Waits for three more answers, all of which have to be tokens. */
  private static void awaitOnlyTokens(TokenStream stream, BoundIdentity identity) {
    for (int i = 0; i < 3; i++) {
      List<String> answers = Await.value("an answer", LIMIT, () -> orNull(stream.take()));
      assertThat(answers).containsOnly(identity.clientId());
    }
  }

  private static @Nullable List<String> orNull(List<String> answers) {
    return answers.isEmpty() ? null : answers;
  }

  private static List<String> changesSince(EndToEndCluster cluster, int calls) {
    List<String> all = cluster.azure().armRequests();
    String machine = cluster.spare().computeId().toLowerCase(Locale.ROOT);
    return all.subList(calls, all.size()).stream()
        .filter(request -> !request.startsWith("GET "))
        .filter(request -> request.toLowerCase(Locale.ROOT).endsWith(machine))
        .toList();
  }

  private static void nmiCommand(NetworkNamespace node, String word) {
    node.inside(
            Command.of(ProjectFiles.program("nmi"), word)
                .withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .output();
  }
}
