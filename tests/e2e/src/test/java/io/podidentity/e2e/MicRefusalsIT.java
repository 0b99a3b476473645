package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.process.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What MIC and its commands say, in one line, where the cluster does not give them what they need.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class MicRefusalsIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "refusals";

  /** The rules of deploy/rbac/mic.yaml that are about objects, a rule for each resource. */
  private static final List<String> RULES =
      List.of(
          "{apiGroups: [''], resources: [pods], verbs: [list, watch]}",
          "{apiGroups: [''], resources: [nodes], verbs: [list, watch]}",
          "{apiGroups: [''], resources: [events], verbs: [create, patch]}",
          "{apiGroups: [''], resources: [configmaps, endpoints], verbs: [create, get, update]}",
          "{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, get, update]}",
          "{apiGroups: [aadpodidentity.k8s.io], resources: [azureidentities], verbs: [list,"
              + " watch]}",
          "{apiGroups: [aadpodidentity.k8s.io], resources: [azureidentitybindings], verbs: [list,"
              + " watch]}",
          "{apiGroups: [aadpodidentity.k8s.io], resources: [azureassignedidentities],"
              + " verbs: [create, delete, get, list, patch, update, watch]}");

  private static MicWorld world;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    world.virtualMachine("vm");
    world.bind(NAMESPACE, "orders", "orders");
  }

  @AfterAll
  static void end() {
    world.close();
  }

  @Test
  void planWithoutAPermissionNamesVerbsAndResource() {
    Path account = account("without-nodes", "nodes", "");

    CommandResult plan = run(account, "plan", "-timeout=10s");

    assertThat(plan.exitCode()).isEqualTo(1);
    assertThat(plan.stdout()).isEmpty();
    assertThat(linesWith(plan.stderr(), "cannot follow objects"))
        .singleElement()
        .asString()
        .endsWith(
            "kind=nodes problem=list and watch are not permitted; run kubectl apply -f"
                + " deploy/rbac");
    assertThat(plan.stderr().lines().reduce("", (one, last) -> last)).startsWith("mic: ");
  }

  @Test
  void planWithoutADefinitionNamesIt() {
    world
        .api()
        .kubectl("delete", "crd", "azureidentitybindings.aadpodidentity.k8s.io", "--wait=true");
    try {
      CommandResult plan = run(account("whole", "none", ""), "plan", "-timeout=4s");

      assertThat(plan.exitCode()).isEqualTo(1);
      assertThat(linesWith(plan.stderr(), "cannot follow objects"))
          .singleElement()
          .asString()
          .endsWith(
              "kind=azureidentitybindings.aadpodidentity.k8s.io problem=the API server does not"
                  + " know it; run kubectl apply -f deploy/crds");
    } finally {
      world.api().apply(ProjectFiles.yaml("deploy/crds"));
      world.api().apply(SceneYaml.binding(NAMESPACE, "orders", "orders"));
    }
  }

  @Test
  void micWithoutTheLeaseSaysWhatToGrant() {
    Path account = account("without-leases", "leases", "");
    try (ManagedProcess mic = command(account).start("mic-without-leases")) {
      mic.awaitLine(
          Pattern.compile(
              "cannot get or renew the lease, trying on: get leases.coordination.k8s.io"
                  + " default/aad-pod-identity-mic: not permitted \\(status 403\\); grant get on"
                  + " leases.coordination.k8s.io"),
          SOON);
    }
  }

  @Test
  void micAndDrainThatMayNotWriteRecordsSayWhatToGrant() {
    String read = "{apiGroups: [aadpodidentity.k8s.io], resources: [azureassignedidentities],";
    RunningPod pod = world.run(NAMESPACE, "orders", "vm", "orders");
    Path mayNotCreate =
        account("may-not-create", "azureassignedidentities", read + " verbs: [get, list, watch]}");
    try (ManagedProcess mic = command(mayNotCreate).start("mic-may-not-create")) {
      mic.awaitLine(
          Pattern.compile(
              "identity not assigned pod=refusals/orders .*not permitted \\(status 403\\); grant"
                  + " create on azureassignedidentities.aadpodidentity.k8s.io"),
          SOON);
      mic.signal(Signal.TERM);
      mic.awaitExit(SOON);
    }
    try (GatedMic mic = new GatedMic("mic", world).awaitStanding()) {
      Await.until("assigned", SOON, () -> world.states().equals(List.of("Assigned")));
      mic.process().signal(Signal.TERM);
      mic.process().awaitExit(SOON);
    }

    Path mayNotDelete =
        account(
            "may-not-delete",
            "azureassignedidentities",
            read + " verbs: [get, list, watch, patch, create, update]}");
    CommandResult drain = run(mayNotDelete, "drain", "-timeout=6s");

    assertThat(drain.exitCode()).isEqualTo(1);
    assertThat(linesWith(drain.stderr(), "identity not unassigned"))
        .singleElement()
        .asString()
        .contains(
            "not permitted (status 403); grant delete on"
                + " azureassignedidentities.aadpodidentity.k8s.io");
    assertThat(linesWith(drain.stderr(), "cannot run: "))
        .singleElement()
        .asString()
        .endsWith(
            "not drained within 6 s: 1 records are left, default/orders-refusals-orders among them;"
                + " the log says why");
    world.remove(pod);
  }

  private static CommandResult run(Path account, String... words) {
    return command(account, words).withTimeout(SOON).run();
  }

  private static Command command(Path account, String... words) {
    List<String> all = new ArrayList<>(List.of(ProjectFiles.program("mic")));
    all.addAll(List.of(words));
    all.add("-kubeconfig=" + account);
    all.add("-cloudconfig=" + world.azureJson());
    all.add("-leader-election-duration=4s");
    all.add("-http-probe-port=0");
    all.add("-prometheus-port=0");
    return Command.of(all)
        .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
        .withEnvironment("AZURE_ENVIRONMENT_FILEPATH", world.environmentFile().toString())
        .withEnvironment("SSL_CERT_FILE", world.caPem().toString())
        .withEnvironment("SSL_CERT_DIR", "");
  }

  /** An account with all of MIC's rules, but for one resource, for which it has another. */
  private static Path account(String name, String resource, String instead) {
    StringBuilder rules = new StringBuilder();
    for (String rule : RULES) {
      if (!rule.contains("[" + resource + "]")) {
        rules.append("- ").append(rule).append('\n');
      }
    }
    if (!instead.isEmpty()) {
      rules.append("- ").append(instead).append('\n');
    }
    world
        .api()
        .apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %1$s, namespace: default}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: %1$s}
            rules:
            %2$s
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: %1$s}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: default}]
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s}
            """
                .formatted(name, rules.toString().strip()));
    return world.api().kubeconfigFor("default", name);
  }

  private static List<String> linesWith(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).toList();
  }
}
