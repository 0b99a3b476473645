package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.assignment.AssignmentPlan;
import io.podidentity.api.assignment.AssignmentPlanner;
import io.podidentity.api.assignment.PlanReasons;
import io.podidentity.api.assignment.PlannerOptions;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanFormatTest {
  private static final Duration DELAY = Duration.ofMinutes(2);

  @Test
  void nothingToDoIsOneLine() {
    assertThat(printed(PlanFormat.TEXT, List.of(), List.of())).isEqualTo("nothing to do\n");
    assertThat(printed(PlanFormat.JSON, List.of(), List.of()))
        .isEqualToIgnoringWhitespace(
            "{\"targets\": [], \"problems\": [], \"notices\": [], \"next\": null}");
  }

  @Test
  void textSaysWhatAndWhy() {
    assertThat(printed(PlanFormat.TEXT, List.of(pod("web", true)), List.of(record("gone"))))
        .isEqualTo(
            """
            /subscriptions/s/resourceGroups/nodes/providers/Microsoft.Compute/virtualMachines/vm:
              needs    /subscriptions/s/resourcegroups/ids/providers/microsoft.managedidentity/userassignedidentities/app
              create   default/web-default-app: pod default/web, AzureIdentity default/app; AzureIdentityBinding default/app selects its label app
              remove   default/gone-default-app: pod default/gone, AzureIdentity default/app; pod default/gone is gone, or has lost its label aadpodidbinding
            AzureIdentity default/odd is left aside: Invalid resource id: "odd"
            Pod default/web: it is on the host's network, where NMI does not see it: it asks the metadata service itself, for any identity of its node
            1 to create, 1 to remove
            """);
  }

  @Test
  void jsonSaysTheSame() {
    assertThat(printed(PlanFormat.JSON, List.of(pod("web", true)), List.of(record("gone"))))
        .isEqualToIgnoringWhitespace(
            """
            {"targets": [{
              "target": "/subscriptions/s/resourceGroups/nodes/providers/Microsoft.Compute/virtualMachines/vm",
              "attach": ["/subscriptions/s/resourcegroups/ids/providers/microsoft.managedidentity/userassignedidentities/app"],
              "detach": [],
              "records": [
                {"action": "create", "record": "default/web-default-app", "pod": "default/web",
                 "binding": "default/app", "identity": "default/app",
                 "why": "AzureIdentityBinding default/app selects its label app"},
                {"action": "remove", "record": "default/gone-default-app", "pod": "default/gone",
                 "binding": "default/app", "identity": "default/app",
                 "why": "pod default/gone is gone, or has lost its label aadpodidbinding"}]}],
             "problems": [{"kind": "AzureIdentity", "name": "default/odd",
                           "problem": "Invalid resource id: \\"odd\\""}],
             "notices": [{"kind": "Pod", "name": "default/web",
                          "text": "it is on the host's network, where NMI does not see it: it asks the metadata service itself, for any identity of its node"}],
             "next": null}
            """);
  }

  /** A user writes an object; an administrator reads the plan. */
  @Test
  void whatIsInAnObjectCannotBeLinesNorCommandsOfATerminal() {
    AzureIdentity odd =
        new AzureIdentity(
            name("odd"),
            "uid",
            1,
            false,
            new Credential.Unusable("\"x\nnothing\u001b[2J\u009b2J\""));

    assertThat(printed(PlanFormat.TEXT, List.of(), List.of(), List.of(identity(), odd)))
        .isEqualTo(
            """
            AzureIdentity default/odd is left aside: "x?nothing?[2J?2J"
            nothing to do
            """);
    assertThat(printed(PlanFormat.JSON, List.of(), List.of(), List.of(identity(), odd)))
        .contains("\\u001B[2J\\u009B2J");
  }

  @Test
  void formatIsNamed() {
    assertThat(PlanFormat.named("json")).isEqualTo(PlanFormat.JSON);
    assertThat(PlanFormat.named("text")).isEqualTo(PlanFormat.TEXT);
    assertThatThrownBy(() -> PlanFormat.named("yaml"))
        .isInstanceOf(PodIdentityException.class)
        .hasMessage("--output must be text or json: yaml");
  }

  private static String printed(PlanFormat format, List<Pod> pods, List<AssignedIdentity> records) {
    boolean isEmpty = pods.isEmpty() && records.isEmpty();
    AzureIdentity odd =
        new AzureIdentity(
            name("odd"), "uid", 1, false, new Credential.Unusable("Invalid resource id: \"odd\""));
    return printed(format, pods, records, isEmpty ? List.of(identity()) : List.of(identity(), odd));
  }

  private static String printed(
      PlanFormat format,
      List<Pod> pods,
      List<AssignedIdentity> records,
      List<AzureIdentity> identities) {
    ClusterSnapshot snapshot =
        new ClusterSnapshot(
            pods,
            identities,
            List.of(binding()),
            records,
            List.of(new Node("vm", ComputeTarget.virtualMachine("s", "nodes", "vm"))),
            Instant.EPOCH);
    AssignmentPlan plan =
        new AssignmentPlanner(new PlannerOptions(false, Set.of(), "", false, DELAY)).plan(snapshot);
    return format.of(plan, new PlanReasons(snapshot, false).of(plan));
  }

  private static AssignedIdentity record(String pod) {
    return new AssignedIdentity(
        DesiredAssignment.recordName(name(pod), identity(), false),
        "uid",
        "1",
        name(pod),
        null,
        "vm",
        identity(),
        binding(),
        AssignmentState.ASSIGNED,
        false);
  }

  private static Pod pod(String name, boolean hostNetwork) {
    return new Pod(
        name(name),
        "uid",
        "vm",
        Map.of(IdentityBinding.POD_LABEL, "app"),
        Set.of(),
        PodPhase.RUNNING,
        hostNetwork,
        false);
  }

  private static AzureIdentity identity() {
    return new AzureIdentity(
        name("app"),
        "uid",
        1,
        false,
        new Credential.ManagedIdentity(
            ResourceId.of("s", "ids", "Microsoft.ManagedIdentity", "userAssignedIdentities", "app"),
            new ClientId("client")));
  }

  private static IdentityBinding binding() {
    return new IdentityBinding(name("app"), "app", "app");
  }

  private static NamespacedName name(String name) {
    return new NamespacedName("default", name);
  }
}
