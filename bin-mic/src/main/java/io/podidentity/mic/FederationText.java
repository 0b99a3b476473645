package io.podidentity.mic;

import static java.util.stream.Collectors.joining;

import io.podidentity.api.federation.FederatedCredential;
import io.podidentity.api.federation.FederationFinding;
import io.podidentity.api.federation.FederationReport;
import io.podidentity.api.federation.FederationReport.Account;
import io.podidentity.api.federation.FederationReport.Identity;
import io.podidentity.api.federation.FederationReport.PodUse;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodController;
import io.podidentity.bin.OneLine;
import java.util.List;

/** The report for people: a script for a shell, in which what is to be known is a comment. */
final class FederationText {
  private static final String ASK_FOR_ISSUER =
      "az aks show --resource-group GROUP --name CLUSTER --query oidcIssuerProfile.issuerUrl --output tsv";

  private final StringBuilder text = new StringBuilder();

  private FederationText() {}

  /** The text, with its last line's end. */
  static String of(FederationReport report) {
    FederationText all = new FederationText();
    all.head(report);
    report.accounts().forEach(all::account);
    report.identities().forEach(all::identity);
    all.aside(report);
    all.annotations(report.accounts());
    return all.text.toString();
  }

  private void head(FederationReport report) {
    long credentials =
        report.identities().stream().mapToLong(identity -> identity.credentials().size()).sum();
    long pods = report.accounts().stream().mapToLong(account -> account.pods().size()).sum();
    comment(
        "%d pods, %d service accounts, %d identities, %d federated credentials"
            .formatted(pods, report.accounts().size(), report.identities().size(), credentials));
    comment("The cluster's issuer must be one that Entra ID can read:");
    comment("  " + ASK_FOR_ISSUER);
    String issuer = report.issuer() == null ? "" : report.issuer();
    text.append("ISSUER=").append(FederationCommands.quoted(issuer)).append('\n');
  }

  private void account(Account account) {
    text.append('\n');
    comment("service account " + account.name());
    for (PodUse use : account.pods()) {
      String identities =
          use.uses().stream()
              .map(it -> it.identity().name() + " by " + it.binding())
              .collect(joining(", "));
      comment("  pod %s%s: %s".formatted(use.pod().name(), madeBy(use), identities));
    }
    account.findings().forEach(this::finding);
  }

  private static String madeBy(PodUse use) {
    PodController controller = use.pod().controller();
    return controller == null ? "" : " (" + controller.kind() + " " + controller.name() + ")";
  }

  private void identity(Identity identity) {
    text.append('\n');
    comment(
        "AzureIdentity "
            + identity.objects().stream().map(NamespacedName::toString).collect(joining(", "))
            + (identity.credential() instanceof Credential.ManagedIdentity managed
                ? ": " + managed.resourceId()
                : ": an application"));
    identity.findings().forEach(this::finding);
    for (FederatedCredential credential : identity.credentials()) {
      text.append(FederationCommands.create(identity, credential)).append('\n');
    }
  }

  private void aside(FederationReport report) {
    text.append('\n');
    report.problems().forEach((object, problem) -> comment(object + " is left aside: " + problem));
    report
        .unused()
        .forEach(binding -> comment("AzureIdentityBinding " + binding + " gives no pod anything"));
  }

  private void annotations(List<Account> accounts) {
    if (accounts.isEmpty()) {
      return;
    }
    comment("The pods of these also need the label azure.workload.identity/use: \"true\".");
    accounts.stream()
        .flatMap(account -> FederationCommands.annotate(account).stream())
        .forEach(command -> text.append(command).append('\n'));
  }

  private void finding(FederationFinding finding) {
    comment("  ! " + finding.code().code() + ": " + finding.text());
  }

  /** Whatever it holds, it is one line. */
  private void comment(String line) {
    text.append("# ").append(OneLine.of(line)).append('\n');
  }
}
