package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.NmiDaemonSet;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a node is like after NMI was taken off the cluster, on the node that else has none. */
@EndToEnd
@RequiresRealPart(RealPart.IPTABLES_LEGACY)
final class UninstallIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String JAVA = "JAVA_HOME";
  private static final String HOME = System.getProperty("java.home");
  private static final String TARGET = "169.254.25.79";
  private static final String ACCOUNT = "aad-pod-id-nmi-service-account";
  private static final Pattern WATCHING = Pattern.compile("watching daemonset=\\S+/nmi");

  @Test
  void nodeIsAsBeforeWhenAllIsDeletedAtOnce(EndToEndCluster cluster, Scene scene) {
    TestNode node = cluster.bare();
    TestPod pod = scene.unlabelledPod("anybody", node);
    KubeApiServer api = cluster.api();
    String before = rules(node);
    Program nmi = install(cluster, scene.namespace(), node);
    nmi.process().awaitLine(WATCHING, LIMIT);
    assertThat(pod.curl(TestPod.TOKEN_URL, "-H", "Metadata:true").status()).isNotEqualTo(200);

    // A restart of its pod leaves the rules.
    assertThat(nmi.stop()).isZero();
    assertThat(rules(node)).contains("aad-metadata", "podidentity-lockdown", "prohibit");
    nmi.start();
    nmi.awaitActive();
    nmi.process().awaitLine(WATCHING, LIMIT);
    // An update is under way: the next one waits for the port.
    Program next = nmi(cluster, scene.namespace(), node);
    next.start().awaitLine(WATCHING, LIMIT);

    // Helm's order, without a pause; Kubernetes ends the pod then.
    api.kubectl("delete", "daemonset", "nmi", "-n", scene.namespace(), "--wait=false");
    api.kubectl("delete", "rolebinding,role", "--all", "-n", scene.namespace(), "--wait=false");
    api.kubectl("delete", "clusterrolebinding,clusterrole", clusterRole(scene), "--wait=false");
    api.kubectl("delete", "serviceaccount", ACCOUNT, "-n", scene.namespace(), "--wait=false");
    assertThat(nmi.stop()).isZero();
    // The last one removes them: it might be of another DaemonSet.
    assertThat(rules(node)).contains("aad-metadata", "podidentity-lockdown", "prohibit");
    assertThat(next.stop()).isZero();

    assertThat(rules(node)).isEqualTo(before);
    assertThat(pod.askForToken().body()).contains("access_token");
  }

  @Test
  void nodeWithoutRouteLocalnetIsServedOverALinkLocalAddressUntilUninstall(
      EndToEndCluster cluster, Scene scene) {
    TestNode node = cluster.bare();
    TestPod pod = scene.unlabelledPod("anybody", node);
    NetworkNamespace namespace = node.network().namespace();
    String before = rules(node);
    namespace.sysctl("net/ipv4/conf/all/route_localnet=0");
    Program nmi =
        install(cluster, scene.namespace(), node, "--redirect-target=" + TARGET, "--on-exit=keep");
    try {
      assertThat(pod.curl(TestPod.TOKEN_URL, "-H", "Metadata:true").body())
          .contains("no AzureAssignedIdentity");
      // The source or the destination is the node's own, but not 127.0.0.1.
      assertThat(hostToken(namespace, TARGET, TARGET)).contains("not from a host");
      assertThat(hostToken(namespace, "127.0.0.1", TARGET)).contains("not from a host");
      assertThat(hostToken(namespace, "127.0.0.1", "127.0.0.1")).doesNotContain("not from a host");
    } finally {
      nmi.stop();
      namespace.sysctl("net/ipv4/conf/all/route_localnet=1");
    }
    namespace
        .command(ProjectFiles.program("nmi"), "uninstall")
        .withEnvironment(JAVA, HOME)
        .output();

    assertThat(rules(node)).isEqualTo(before);
  }

  /** NMI as we ship it, in a namespace of its own, and its one pod. */
  private static Program install(
      EndToEndCluster cluster, String namespace, TestNode node, String... flags) {
    KubeApiServer api = cluster.api();
    api.apply(
        ProjectFiles.text("deploy/rbac/nmi.yaml")
            .replace("namespace: default", "namespace: " + namespace)
            .replace("name: aad-pod-id-nmi-role", "name: nmi-of-" + namespace)
            .replace("name: aad-pod-id-nmi-binding", "name: nmi-of-" + namespace));
    NmiDaemonSet.create(api, namespace);
    NmiDaemonSet.createPod(api, namespace, node.name(), ACCOUNT);
    Program nmi = nmi(cluster, namespace, node, flags);
    nmi.start();
    nmi.awaitActive();
    return nmi;
  }

  /** One in that pod, which does not run yet. */
  private static Program nmi(
      EndToEndCluster cluster, String namespace, TestNode node, String... flags) {
    return Program.nmi(
        node,
        InClusterAccount.ofPod(cluster.api(), namespace, ACCOUNT, "nmi-x"),
        cluster.azure(),
        List.of(flags));
  }

  private static String hostToken(NetworkNamespace node, String from, String to) {
    return Curl.in(node)
        .request(
            "http://" + to + ":2579/host/token/?resource=x",
            "--interface",
            from,
            "-H",
            "podname: none",
            "-H",
            "podns: none")
        .body();
  }

  private static String clusterRole(Scene scene) {
    return "nmi-of-" + scene.namespace();
  }

  static String rules(TestNode node) {
    NetworkNamespace namespace = node.network().namespace();
    return (namespace.exec("ip", "-4", "rule")
            + namespace.exec("ip", "-4", "-o", "address", "show", "dev", "lo")
            + namespace.exec("iptables-nft-save", "-t", "nat")
            + namespace.exec("iptables-legacy-save")
            + namespace.exec("nft", "list", "tables"))
        .lines()
        .filter(line -> line.contains("169") || line.contains("aad-") || line.contains("lockdown"))
        .reduce("", (all, line) -> all + line + "\n");
  }
}
