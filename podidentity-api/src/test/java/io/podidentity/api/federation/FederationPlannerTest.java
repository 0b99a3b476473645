package io.podidentity.api.federation;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static io.podidentity.api.fixture.Samples.unusable;
import static io.podidentity.api.fixture.Samples.withCredential;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.federation.FederationFinding.Code;
import io.podidentity.api.federation.FederationReport.Account;
import io.podidentity.api.federation.FederationReport.Identity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FederationPlannerTest {
  private final List<Pod> pods = new ArrayList<>();
  private final List<ServiceAccount> accounts = new ArrayList<>();
  private final List<AzureIdentity> identities = new ArrayList<>();
  private final List<IdentityBinding> bindings = new ArrayList<>();

  @Test
  void accountOfAPodNeedsItsIdentityAndTheIdentityTrustsTheAccount() {
    bound("ids/app", "app");
    run("shop/web-1", "app", "web");
    account("shop/web", "");

    FederationReport report = report();

    Account web = only(report);
    assertThat(web.name()).isEqualTo(name("shop/web"));
    assertThat(web.exists()).isTrue();
    assertThat(web.annotation()).isEqualTo(clientId("app"));
    assertThat(web.findings()).isEmpty();
    assertThat(web.pods())
        .singleElement()
        .satisfies(
            use -> {
              assertThat(use.pod().name()).isEqualTo(name("shop/web-1"));
              assertThat(use.uses())
                  .singleElement()
                  .extracting(it -> it.binding())
                  .isEqualTo(name("ids/app"));
            });
    Identity app = report.identities().get(0);
    assertThat(app.objects()).containsExactly(name("ids/app"));
    assertThat(app.credentials())
        .extracting(FederatedCredential::subject)
        .containsExactly("system:serviceaccount:shop:web");
  }

  @Test
  void podWithoutANodeCountsAndOneThatHasEndedDoesNot() {
    bound("ids/app", "app");
    pods.add(pod("shop/next").bindingLabel("app").node(null).serviceAccount("next").build());
    pods.add(
        pod("shop/done")
            .bindingLabel("app")
            .phase(PodPhase.SUCCEEDED)
            .serviceAccount("done")
            .build());

    assertThat(report().accounts()).extracting(Account::name).containsExactly(name("shop/next"));
  }

  @Test
  void namespacesCountAsTheyDoForBindings() {
    bound("ids/app", "app");
    run("shop/web", "app", "web");

    FederationReport report = new FederationPlanner(true).report(input());

    assertThat(report.accounts()).isEmpty();
    assertThat(report.identities()).isEmpty();
    assertThat(report.unused()).containsExactly(name("ids/app"));
  }

  @Test
  void accountThatIsNotThereHasToBeCreated() {
    bound("ids/app", "app");
    run("shop/web", "app", "web");

    assertThat(only(report()).exists()).isFalse();
    assertThat(codes(only(report()))).containsExactly(Code.NO_SUCH_ACCOUNT);
  }

  @Test
  void defaultAccountIsNobodysOwn() {
    bound("ids/app", "app");
    pods.add(pod("shop/web").bindingLabel("app").serviceAccount("").build());
    account("shop/default", "");

    assertThat(only(report()).name()).isEqualTo(name("shop/default"));
    assertThat(codes(only(report()))).containsExactly(Code.DEFAULT_ACCOUNT);
  }

  @Test
  void podsThatWouldGainAnIdentityAreNamed() {
    bound("ids/app", "app");
    run("shop/web", "app", "web");
    for (int i = 1; i <= 7; i++) {
      pods.add(pod("shop/batch-" + i).serviceAccount("web").build());
    }
    pods.add(pod("other/web").serviceAccount("web").build());
    account("shop/web", "");

    assertThat(only(report()).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Code.OTHERS_GAIN_IDENTITY);
              assertThat(finding.text())
                  .endsWith(": batch-1, batch-2, batch-3, batch-4, batch-5 and 2 more");
            });
  }

  @Test
  void podsOfOneAccountThatHaveDifferentIdentitiesWouldGainEachOthers() {
    bound("ids/a", "a");
    bound("ids/b", "b");
    run("shop/one", "a", "web");
    run("shop/two", "b", "web");
    account("shop/web", "");

    assertThat(codes(only(report()))).containsExactly(Code.PODS_GAIN_IDENTITY);
    assertThat(report().identities())
        .extracting(Identity::credentials)
        .allMatch(
            credentials -> credentials.equals(List.of(new FederatedCredential(name("shop/web")))));
  }

  @Test
  void podThatHasTwoIdentitiesHasToNameOne() {
    bound("ids/a", "app");
    bound("ids/b", "app");
    run("shop/web", "app", "web");
    account("shop/web", clientId("b").value());

    assertThat(codes(only(report()))).containsExactly(Code.SEVERAL_IDENTITIES);
    assertThat(only(report()).annotated()).isEqualTo(clientId("b").value());
  }

  @Test
  void annotationWithAnIdentityThatNoneOfItsPodsHasIsTold() {
    bound("ids/app", "app");
    run("shop/web", "app", "web");
    account("shop/web", clientId("another").value());

    assertThat(codes(only(report()))).containsExactly(Code.OTHER_ANNOTATION);
  }

  @Test
  void twentyCredentialsFitAndTwentyOneDoNot() {
    bound("ids/app", "app");
    for (int i = 1; i <= 20; i++) {
      run("shop/web-" + i, "app", "web-" + i);
    }
    assertThat(report().identities().get(0).findings()).isEmpty();

    run("shop/web-21", "app", "web-21");

    Identity app = report().identities().get(0);
    assertThat(app.credentials()).hasSize(21);
    assertThat(app.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Code.TOO_MANY_CREDENTIALS);
              assertThat(finding.text()).startsWith("21 service accounts need it");
            });
  }

  @Test
  void objectsForOneIdentityShareItsLimit() {
    identities.add(identity("a/app", "App"));
    identities.add(identity("b/app", "app"));
    bindings.add(binding("a/app", "app", "a"));
    bindings.add(binding("b/app", "app", "b"));
    run("shop/one", "a", "one");
    run("shop/two", "b", "two");

    assertThat(report().identities())
        .singleElement()
        .satisfies(
            app -> {
              assertThat(app.objects()).containsExactly(name("a/app"), name("b/app"));
              assertThat(app.credentials()).hasSize(2);
              // The samples' client IDs depend on the letter case of the name.
              assertThat(app.findings())
                  .extracting(FederationFinding::code)
                  .containsExactly(Code.OTHER_CLIENT_ID);
            });
  }

  @Test
  void whatAnApplicationDoesAndTheWebhookDoesNotIsTold() {
    identities.add(
        withCredential(
            "ids/app",
            new Credential.ClientSecret(
                new Credential.ServicePrincipal(
                    "tenant",
                    clientId("app"),
                    name("ids/secret"),
                    List.of("another"),
                    "https://login.example"))));
    identities.add(servicePrincipal("ids/plain"));
    bindings.add(binding("ids/app", "app", "app"));
    bindings.add(binding("ids/plain", "plain", "plain"));
    run("shop/web", "app", "web");
    run("shop/job", "plain", "job");

    List<Identity> found = report().identities();

    assertThat(found.get(0).findings())
        .extracting(FederationFinding::code)
        .containsExactly(Code.FURTHER_TENANTS, Code.OTHER_ENDPOINT);
    assertThat(found.get(1).findings()).isEmpty();
  }

  @Test
  void identityWhoseNameAzWouldTakeForAFileIsLeftAside() {
    for (String clientId : List.of("@app", "app@")) {
      identities.add(
          withCredential(
              "ids/" + identities.size(),
              new Credential.ClientSecret(
                  new Credential.ServicePrincipal(
                      "tenant", new ClientId(clientId), name("ids/secret"), List.of(), null))));
    }
    bindings.add(binding("ids/0", "0", "web"));
    bindings.add(binding("ids/1", "1", "web"));
    run("shop/web", "web", "web");

    List<Identity> found = report().identities();

    assertThat(found.get(0).credentials()).isEmpty();
    assertThat(found.get(0).findings())
        .extracting(FederationFinding::code)
        .containsExactly(Code.NAMES_A_FILE);
    assertThat(found.get(1).credentials()).hasSize(1);
    assertThat(found.get(1).findings()).isEmpty();
  }

  @Test
  void whatCannotBeUsedIsLeftAsideWithItsReason() {
    identities.add(unusable("ids/odd"));
    bindings.add(binding("ids/odd", "odd", "odd"));
    run("shop/web", "odd", "web");

    assertThat(report().accounts()).isEmpty();
    assertThat(report().problems())
        .hasToString("{AzureIdentity ids/odd=Invalid resource id: nonsense}");
  }

  private void bound(String name, String selector) {
    identities.add(identity(name));
    bindings.add(binding(name, name(name).name(), selector));
  }

  private void run(String name, String selector, String account) {
    pods.add(pod(name).bindingLabel(selector).serviceAccount(account).build());
  }

  private void account(String name, String clientId) {
    accounts.add(new ServiceAccount(name(name), clientId));
  }

  private FederationInput input() {
    return new FederationInput("https://issuer.example/", pods, accounts, identities, bindings);
  }

  private FederationReport report() {
    return new FederationPlanner(false).report(input());
  }

  private static Account only(FederationReport report) {
    assertThat(report.accounts()).hasSize(1);
    return report.accounts().get(0);
  }

  private static List<Code> codes(Account account) {
    return account.findings().stream().map(FederationFinding::code).toList();
  }
}
