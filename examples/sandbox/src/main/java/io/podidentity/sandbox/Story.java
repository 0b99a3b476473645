package io.podidentity.sandbox;

import io.podidentity.sandbox.Cast.NodeRole;
import io.podidentity.sandbox.Cast.PodRole;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What happens between pods, NMI and MIC; each part throws if it does not go as it should. */
final class Story {
  private static final String TOKEN_PATH =
      "/metadata/identity/oauth2/token?api-version=2018-02-01"
          + "&resource=https%3A%2F%2Fmanagement.azure.com%2F";
  private static final String HOST_PATH = "/host/token/?resource=https://vault.azure.net";
  private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  private final Narrator narrator;
  private final SandboxCluster cluster;
  private final Cloud cloud;

  Story(Narrator narrator, SandboxCluster cluster, Cloud cloud) {
    this.narrator = narrator;
    this.cluster = cluster;
    this.cloud = cloud;
  }

  /** Pods are bound to identities, and MIC assigns them. */
  void assignment() {
    Cast.IDENTITIES.forEach(cluster::createIdentityAndBinding);
    Cast.PODS.forEach(cluster::createPod);
    narrator.step(
        "created %d pods, bound to %d identities"
            .formatted(Cast.PODS.size(), Cast.IDENTITIES.size()));
    List<String> records =
        Cast.PODS.stream().filter(pod -> pod.identity() != null).map(PodRole::record).toList();
    cluster.records().awaitAssigned(records);
    for (String record : records) {
      narrator.step("AzureAssignedIdentity default/%s is Assigned".formatted(record));
    }
    for (NodeRole node : Cast.NODES) {
      narrator.step("on the machine of %s: %s".formatted(node.name(), cloud.identitiesOn(node)));
    }
  }

  /** Each pod asks for a token. */
  void tokens() {
    for (PodRole pod : Cast.PODS) {
      PodCall.Answer answer =
          PodCall.get(pod.address(), pod.node().nmiPort(), TOKEN_PATH, Map.of("Metadata", "true"));
      if (pod.identity() == null) {
        check(answer.status() == 404, pod, answer);
        narrator.step(
            "pod %s (%s) is refused: %s".formatted(pod.name(), pod.address(), answer.body()));
      } else {
        check(answer.status() == 200 && isFor(answer, pod.identity()), pod, answer);
        narrator.step(
            "pod %s (%s) has a token for %s".formatted(pod.name(), pod.address(), pod.identity()));
      }
    }
    PodCall.Answer host =
        PodCall.get(
            "127.0.0.1",
            Cast.ORDERS.node().nmiPort(),
            HOST_PATH,
            Map.of("podname", Cast.ORDERS.name(), "podns", "default"));
    check(host.status() == 200 && isFor(host, "orders"), Cast.ORDERS, host);
    narrator.step("a component of the node has a token for pod %s".formatted(Cast.ORDERS.name()));
  }

  /** A pod goes, and its identity with it; the others stay. */
  void removal() {
    PodRole gone = Cast.BILLING;
    cluster.deletePod(gone);
    cluster.records().awaitGone(gone.record());
    if (cloud.identitiesOn(gone.node()).contains(gone.identity())) {
      throw new SandboxException("the identity of the deleted pod is still on its machine");
    }
    narrator.step(
        "deleted pod %s; on the machine of %s: %s"
            .formatted(gone.name(), gone.node().name(), cloud.identitiesOn(gone.node())));
  }

  /** Commands for the reader. */
  void commands() {
    narrator.text(
        """

        Try these in another terminal:

        # the pod "orders" gets a token for the identity that is bound to it
        curl --interface 127.0.0.2 'http://127.0.0.1:2579%1$s' -H Metadata:true -s

        # the pod "billing", at another address, gets another one
        curl --interface 127.0.0.3 'http://127.0.0.1:2579%1$s' -H Metadata:true -s

        # the pod "stranger", to which nothing is bound, is refused with the reason, after %3$d s
        curl --interface 127.0.0.4 'http://127.0.0.1:2579%1$s' -H Metadata:true -s -i

        # a pod on the node of the scale set asks that node's NMI
        curl --interface 127.0.0.5 'http://127.0.0.1:2580%1$s' -H Metadata:true -s

        # a component of the node asks in the name of a pod
        curl 'http://127.0.0.1:2579%2$s' -H 'podname: orders' -H 'podns: default'

        Ctrl-C ends it.
        """
            .formatted(TOKEN_PATH, HOST_PATH, Stage.HOLD.toSeconds()));
  }

  private static boolean isFor(PodCall.Answer answer, @Nullable String identity) {
    Matcher token = TOKEN.matcher(answer.body());
    return token.find()
        && Cast.IDENTITIES.stream()
            .filter(each -> each.id().name().equals(identity))
            .map(UserAssignedIdentity::clientId)
            .anyMatch(FakeTokens.clientIdOf(token.group(1))::equals);
  }

  private static void check(boolean holds, PodRole pod, PodCall.Answer answer) {
    if (!holds) {
      throw new SandboxException(
          "the request of pod %s was answered %d: %s"
              .formatted(
                  pod.name(),
                  answer.status(),
                  TOKEN.matcher(answer.body()).replaceAll("\"access_token\":\"…\"")));
    }
  }
}
