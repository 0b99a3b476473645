package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.federation.FederationFinding;
import io.podidentity.api.federation.FederationInput;
import io.podidentity.api.federation.FederationPlanner;
import io.podidentity.api.federation.FederationReport;
import io.podidentity.api.federation.ServiceAccount;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FederationFormatTest {
  /** What somebody may write who may create an {@code AzureIdentity}. */
  private static final String HOSTILE =
      "x'; touch owned; echo '\n$(touch owned)\n# `touch owned`\u001b[2J\u009b2J";

  private static final String SHOWN =
      "x'; touch owned; echo '?$(touch owned)?# `touch owned`?[2J?2J";

  @Test
  void textIsAScriptWithWhatIsToBeKnown() {
    assertThat(FederationText.of(report("app", "client-1")))
        .isEqualTo(
            """
            # 2 pods, 1 service accounts, 2 identities, 2 federated credentials
            # The cluster's issuer must be one that Entra ID can read:
            #   az aks show --resource-group GROUP --name CLUSTER --query oidcIssuerProfile.issuerUrl --output tsv
            ISSUER=https://issuer.example/id/

            # service account shop/web
            #   pod shop/job: default/api by default/api
            #   pod shop/web-1 (ReplicaSet web): default/app by default/app
            #   ! no-such-account: there is no service account shop/web: create it
            #   ! pods-gain-identity: its pods have different identities today, and each could get the tokens of all: give them service accounts of their own

            # AzureIdentity default/api: an application
            az ad app federated-credential create --id=client-2 --parameters '{"name":"shop_web","subject":"system:serviceaccount:shop:web","audiences":["api://AzureADTokenExchange"],"issuer":"'"$ISSUER"'"}'

            # AzureIdentity default/app: /subscriptions/s/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app
            az identity federated-credential create --subscription=s --resource-group=ids --identity-name=app --name=shop_web --subject=system:serviceaccount:shop:web --audiences=api://AzureADTokenExchange --issuer="$ISSUER"

            # AzureIdentity default/odd is left aside: Invalid resource id
            # AzureIdentityBinding default/nobody gives no pod anything
            # The pods of these also need the label azure.workload.identity/use: "true".
            kubectl create serviceaccount web --namespace=shop
            kubectl annotate serviceaccount web --namespace=shop --overwrite azure.workload.identity/client-id=client-2
            """);
  }

  /** {@code kubectl apply} would take off what an earlier one put there: pull secrets, labels. */
  @Test
  void accountThatIsThereIsOnlyAnnotated() {
    FederationReport report =
        report(managed("app", "client-1"), application("client-2"), List.of("other", "web"));

    assertThat(FederationText.of(report))
        .contains(
            "\nkubectl annotate serviceaccount web --namespace=shop --overwrite"
                + " azure.workload.identity/client-id=client-2\n")
        .doesNotContain("kubectl create", "kubectl apply");
  }

  @Test
  void jsonSaysTheSame() {
    assertThat(FederationJson.of(report("app", "client-1")))
        .isEqualToIgnoringWhitespace(
            """
            {"issuer": "https://issuer.example/id/",
             "serviceAccounts": [{
               "name": "shop/web", "exists": false, "annotated": null, "clientId": "client-2",
               "pods": [
                 {"name": "shop/job", "controller": null,
                  "identities": [{"identity": "default/api", "binding": "default/api"}]},
                 {"name": "shop/web-1", "controller": "ReplicaSet/web",
                  "identities": [{"identity": "default/app", "binding": "default/app"}]}],
               "findings": [
                 {"code": "no-such-account", "text": "there is no service account shop/web: create it"},
                 {"code": "pods-gain-identity", "text": "its pods have different identities today, and each could get the tokens of all: give them service accounts of their own"}],
               "commands": [
                 "kubectl create serviceaccount web --namespace=shop",
                 "kubectl annotate serviceaccount web --namespace=shop --overwrite azure.workload.identity/client-id=client-2"]}],
             "identities": [
               {"objects": ["default/api"], "resourceId": null, "clientId": "client-2", "limit": 20,
                "federatedCredentials": [{
                  "name": "shop_web", "subject": "system:serviceaccount:shop:web",
                  "audience": "api://AzureADTokenExchange",
                  "command": "az ad app federated-credential create --id=client-2 --parameters '{\\"name\\":\\"shop_web\\",\\"subject\\":\\"system:serviceaccount:shop:web\\",\\"audiences\\":[\\"api://AzureADTokenExchange\\"],\\"issuer\\":\\"'\\"$ISSUER\\"'\\"}'"}],
                "findings": []},
               {"objects": ["default/app"],
                "resourceId": "/subscriptions/s/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app",
                "clientId": "client-1", "limit": 20,
                "federatedCredentials": [{
                  "name": "shop_web", "subject": "system:serviceaccount:shop:web",
                  "audience": "api://AzureADTokenExchange",
                  "command": "az identity federated-credential create --subscription=s --resource-group=ids --identity-name=app --name=shop_web --subject=system:serviceaccount:shop:web --audiences=api://AzureADTokenExchange --issuer=\\"$ISSUER\\""}],
                "findings": []}],
             "unusedBindings": ["default/nobody"],
             "problems": [{"kind": "AzureIdentity", "name": "default/odd", "problem": "Invalid resource id"}]}
            """);
  }

  /** The script is run by an administrator; the names in it are other people's. */
  @Test
  void nothingThatIsInAnObjectIsRunByTheScript(@TempDir Path folder) throws IOException {
    Path words = folder.resolve("words");
    program(folder.resolve("az"), "printf '<%s>\\n' \"$@\" >> " + words);
    program(folder.resolve("kubectl"), "printf '<%s>\\n' \"$@\" >> " + words);

    CommandResult result =
        Command.of("sh", "-euc", FederationText.of(hostile()))
            .withDirectory(folder)
            .withEnvironment("PATH", folder + ":" + System.getenv("PATH"))
            .run();

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(folder.resolve("owned")).doesNotExist();
    assertThat(words)
        .content()
        .contains("<--id=" + SHOWN + ">\n", "<--issuer=https://issuer.example/id/>\n")
        .contains("\"issuer\":\"https://issuer.example/id/\"}>\n")
        .contains("<azure.workload.identity/client-id=" + SHOWN + ">\n");
  }

  /** {@code az} reads the file that {@code --option=@file} names, and standard input for @-. */
  @Test
  void nothingThatAzWouldTakeForAFileIsGivenToIt() {
    for (String clientId : List.of("@-", "@/home/admin/.ssh/id_rsa")) {
      FederationReport report = report(managed("app", "client-1"), application(clientId));

      assertThat(FederationText.of(report))
          .contains("2 identities, 1 federated credentials")
          .containsSubsequence("AzureIdentity default/api", "! names-a-file: ")
          .doesNotContain("\naz ad app");
      assertThat(FederationJson.of(report)).doesNotContain("az ad app");
    }
  }

  /** Who looks at the script before, looks at it in a terminal. */
  @Test
  void nothingThatIsInAnObjectIsACommandOfTheTerminal() {
    FederationReport report = hostile();

    assertThat(FederationText.of(report)).doesNotContainPattern("[\\p{Cntrl}\\x80-\\x9f&&[^\n]]");
    assertThat(FederationJson.of(report)).matches("[\\x20-\\x7e\n]*");
  }

  @Test
  void everyFindingIsExplained() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "mic-commands.md"));
    for (FederationFinding.Code code : FederationFinding.Code.values()) {
      assertThat(document).contains("| `" + code.code() + "` |");
    }
  }

  private static FederationReport report(String resource, String clientId) {
    return report(managed(resource, clientId), application("client-2"));
  }

  /** A resource ID has no such characters, and names of objects neither. */
  private static FederationReport hostile() {
    return report(managed("app", HOSTILE), application(HOSTILE));
  }

  private static FederationReport report(Credential app, Credential api) {
    return report(app, api, List.of("other"));
  }

  private static FederationReport report(Credential app, Credential api, List<String> accounts) {
    FederationInput input =
        new FederationInput(
            "https://issuer.example/id/",
            List.of(
                pod("web-1", "app", new PodController("ReplicaSet", "web", "uid")),
                pod("job", "api", null)),
            accounts.stream()
                .map(name -> new ServiceAccount(new NamespacedName("shop", name), ""))
                .toList(),
            List.of(
                identity("app", app),
                identity("api", api),
                identity("odd", new Credential.Unusable("Invalid resource id"))),
            List.of(binding("app"), binding("api"), binding("nobody")));
    return new FederationPlanner(false).report(input);
  }

  private static Pod pod(String name, String selector, @Nullable PodController controller) {
    return new Pod(
        new NamespacedName("shop", name),
        "uid-of-" + name,
        "node",
        Map.of(IdentityBinding.POD_LABEL, selector),
        Set.of(),
        PodPhase.RUNNING,
        false,
        false,
        "web",
        controller);
  }

  private static AzureIdentity identity(String name, Credential credential) {
    return new AzureIdentity(
        new NamespacedName("default", name), "uid-of-" + name, 1, false, credential);
  }

  private static Credential managed(String resource, String clientId) {
    return new Credential.ManagedIdentity(
        ResourceId.of("s", "ids", "Microsoft.ManagedIdentity", "userAssignedIdentities", resource),
        new ClientId(clientId));
  }

  private static Credential application(String clientId) {
    return new Credential.ClientSecret(
        new Credential.ServicePrincipal(
            "tenant",
            new ClientId(clientId),
            new NamespacedName("default", "secret"),
            List.of(),
            null));
  }

  private static IdentityBinding binding(String name) {
    return new IdentityBinding(new NamespacedName("default", name), name, name);
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
