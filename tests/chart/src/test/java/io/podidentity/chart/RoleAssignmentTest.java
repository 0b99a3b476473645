package io.podidentity.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/role-assignment.sh}, with an {@code az} that notes what it is told. */
final class RoleAssignmentTest {
  private static final String VM = "--role|Virtual Machine Contributor|--scope|";
  private static final String OPERATOR = "--role|Managed Identity Operator|--scope|";
  private static final String NODES = "/subscriptions/sub/resourceGroups/MC_nodes";
  private static final String IDENTITY =
      "/subscriptions/sub/resourcegroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app";

  @TempDir Path folder;

  private final Map<String, String> environment =
      new HashMap<>(
          Map.of(
              "SUBSCRIPTION_ID", "sub",
              "RESOURCE_GROUP", "clusters",
              "CLUSTER_NAME", "prod",
              "KUBELET", "kubelet-client-id",
              "PRINCIPAL", "msi"));

  @BeforeEach
  void az() throws IOException {
    Path az = folder.resolve("az");
    Files.writeString(
        az,
        """
        #!/bin/sh
        case "$*" in
          "aks show --subscription sub --resource-group clusters --name prod --query "*" --output tsv")
            case "$*" in
              *identityProfile.kubeletidentity.clientId*) echo "$KUBELET" ;;
              *servicePrincipalProfile.clientId*) echo "$PRINCIPAL" ;;
              *nodeResourceGroup*) echo MC_nodes ;;
            esac ;;
          "role assignment create "*) (IFS='|'; echo "$*") >> %s ;;
          *) echo "unknown: $*" >&2; exit 2 ;;
        esac
        """
            .formatted(folder.resolve("assigned")));
    assertThat(az.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void kubeletIdentityGetsTheRolesOfV1() throws IOException {
    assertThat(run().exitCode()).isZero();

    assertThat(assigned())
        .containsExactly(
            "role|assignment|create|--assignee|kubelet-client-id|" + VM + NODES + "|--output|none",
            "role|assignment|create|--assignee|kubelet-client-id|"
                + OPERATOR
                + NODES
                + "|--output|none");
  }

  @Test
  void identitiesElsewhereAreAdded() throws IOException {
    environment.put("IDENTITY_RESOURCE_GROUP", "ids");

    assertThat(run().exitCode()).isZero();

    assertThat(assigned())
        .hasSize(3)
        .anyMatch(line -> line.contains(OPERATOR + "/subscriptions/sub/resourceGroups/ids|"));
  }

  @Test
  void singleIdentitiesTakeThePlaceOfGroups() throws IOException {
    environment.put("IDENTITY_IDS", IDENTITY + " " + IDENTITY + "2");

    assertThat(run().exitCode()).isZero();

    assertThat(assigned())
        .hasSize(3)
        .anyMatch(line -> line.contains(OPERATOR + IDENTITY + "|"))
        .anyMatch(line -> line.contains(OPERATOR + IDENTITY + "2|"))
        .noneMatch(line -> line.contains(OPERATOR + NODES));
  }

  @Test
  void servicePrincipalGetsThemWhereThereIsNoKubeletIdentity() throws IOException {
    environment.putAll(Map.of("KUBELET", "None", "PRINCIPAL", "principal"));

    assertThat(run().exitCode()).isZero();

    assertThat(assigned()).allMatch(line -> line.contains("|--assignee|principal|"));
  }

  @Test
  void dryRunPrintsAndAssignsNothing() {
    CommandResult result = run("--dry-run");

    assertThat(result.exitCode()).isZero();
    assertThat(result.stdout())
        .hasLineCount(2)
        .contains("--role Managed\\ Identity\\ Operator --scope " + NODES);
    assertThat(folder.resolve("assigned")).doesNotExist();
  }

  @Test
  void nothingIsAssignedWhereSomethingIsWrong() {
    environment.put("IDENTITY_IDS", IDENTITY + " app");
    assertThat(run().stderr())
        .isEqualTo(failure("app is not the resource ID of a user-assigned identity"));
    environment.remove("IDENTITY_IDS");
    environment.put("KUBELET", "");
    assertThat(run().stderr())
        .isEqualTo(
            failure("the cluster prod has neither a kubelet identity nor a service principal"));
    environment.put("CLUSTER_NAME", "");
    assertThat(run().stderr()).isEqualTo(failure("CLUSTER_NAME is not set"));
    assertThat(run("--force").exitCode()).isEqualTo(1);
    assertThat(folder.resolve("assigned")).doesNotExist();
  }

  private static String failure(String text) {
    return "role-assignment.sh: " + text + "\n";
  }

  private List<String> assigned() throws IOException {
    return Files.readAllLines(folder.resolve("assigned"));
  }

  private CommandResult run(String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.add(0, Chart.file("deploy/role-assignment.sh").toString());
    Command command =
        Command.of(words).withEnvironment("PATH", folder + ":" + System.getenv("PATH"));
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      command = command.withEnvironment(variable.getKey(), variable.getValue());
    }
    return command.run();
  }
}
