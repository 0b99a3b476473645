package io.podidentity.mic;

import io.podidentity.api.federation.FederatedCredential;
import io.podidentity.api.federation.FederationFinding;
import io.podidentity.api.federation.FederationReport;
import io.podidentity.api.federation.FederationReport.Account;
import io.podidentity.api.federation.FederationReport.Identity;
import io.podidentity.api.federation.FederationReport.PodUse;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodController;
import io.podidentity.bin.PrintedJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report for programs; {@code docs/mic-commands.md} says what its members are. */
final class FederationJson {
  private FederationJson() {}

  /** The text, with its last line's end. */
  static String of(FederationReport report) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("issuer", report.issuer());
    json.put("serviceAccounts", report.accounts().stream().map(FederationJson::account).toList());
    json.put("identities", report.identities().stream().map(FederationJson::identity).toList());
    json.put("unusedBindings", texts(report.unused()));
    List<Object> problems = new ArrayList<>();
    report
        .problems()
        .forEach(
            (object, problem) ->
                problems.add(
                    ordered(
                        "kind", object.kind(),
                        "name", object.name().toString(),
                        "problem", problem)));
    json.put("problems", problems);
    return PrintedJson.of(json);
  }

  private static Object account(Account account) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", account.name().toString());
    json.put("exists", account.exists());
    json.put("annotated", account.annotated().isEmpty() ? null : account.annotated());
    json.put("clientId", value(account.annotation()));
    json.put("pods", account.pods().stream().map(FederationJson::pod).toList());
    json.put("findings", findings(account.findings()));
    json.put("commands", FederationCommands.annotate(account));
    return json;
  }

  private static Object pod(PodUse use) {
    PodController controller = use.pod().controller();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", use.pod().name().toString());
    json.put("controller", controller == null ? null : controller.kind() + "/" + controller.name());
    json.put(
        "identities",
        use.uses().stream()
            .map(
                it ->
                    ordered(
                        "identity", it.identity().name().toString(),
                        "binding", it.binding().toString()))
            .toList());
    return json;
  }

  private static Object identity(Identity identity) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("objects", texts(identity.objects()));
    json.put(
        "resourceId",
        identity.credential() instanceof Credential.ManagedIdentity managed
            ? managed.resourceId().toString()
            : null);
    json.put("clientId", value(identity.credential().clientId()));
    json.put("limit", FederatedCredential.LIMIT);
    json.put(
        "federatedCredentials",
        identity.credentials().stream()
            .map(
                it ->
                    ordered(
                        "name", it.name(),
                        "subject", it.subject(),
                        "audience", FederatedCredential.AUDIENCE,
                        "command", FederationCommands.create(identity, it)))
            .toList());
    json.put("findings", findings(identity.findings()));
    return json;
  }

  private static List<Object> findings(List<FederationFinding> findings) {
    return findings.stream()
        .<Object>map(it -> ordered("code", it.code().code(), "text", it.text()))
        .toList();
  }

  /** A member for each two of them, in that order. */
  private static Map<String, Object> ordered(String name, Object value, Object... more) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(name, value);
    for (int i = 0; i < more.length; i += 2) {
      members.put((String) more[i], more[i + 1]);
    }
    return members;
  }

  private static @Nullable String value(@Nullable ClientId id) {
    return id == null ? null : id.value();
  }

  private static List<String> texts(Collection<NamespacedName> names) {
    return names.stream().map(NamespacedName::toString).toList();
  }
}
