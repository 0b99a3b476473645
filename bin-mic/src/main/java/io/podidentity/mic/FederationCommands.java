package io.podidentity.mic;

import static java.util.stream.Collectors.joining;

import io.podidentity.api.federation.FederatedCredential;
import io.podidentity.api.federation.FederationReport.Account;
import io.podidentity.api.federation.FederationReport.Identity;
import io.podidentity.api.federation.ServiceAccount;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.ResourceId;
import io.podidentity.bin.OneLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * What to run. Whoever may create an {@code AzureIdentity} chooses some of the words: no text may
 * become more than one word of a shell.
 */
final class FederationCommands {
  /** Holds the issuer; the text sets it. */
  static final String ISSUER = "\"$ISSUER\"";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/.:@=-]+");

  private FederationCommands() {}

  /** The {@code az} command that makes a federated credential; it reads the variable ISSUER. */
  static String create(Identity identity, FederatedCredential wanted) {
    if (identity.credential() instanceof Credential.ManagedIdentity managed) {
      ResourceId id = managed.resourceId();
      // With "=", so that a value is none of az's options, however it begins.
      List<String> words =
          List.of(
              "az",
              "identity",
              "federated-credential",
              "create",
              "--subscription=" + id.subscription(),
              "--resource-group=" + id.resourceGroup(),
              "--identity-name=" + id.name(),
              "--name=" + wanted.name(),
              "--subject=" + wanted.subject(),
              "--audiences=" + FederatedCredential.AUDIENCE);
      return line(words) + " --issuer=" + ISSUER;
    }
    ClientId application = identity.credential().clientId();
    String parameters = JsonMapper.shared().writeValueAsString(parameters(wanted));
    // The shell puts the issuer in, between two quoted parts.
    String open = parameters.substring(0, parameters.length() - 1) + ",\"issuer\":\"";
    return line(
            List.of(
                "az",
                "ad",
                "app",
                "federated-credential",
                "create",
                "--id=" + (application == null ? "" : application.value()),
                "--parameters"))
        + " "
        + quoted(open)
        + ISSUER
        + quoted("\"}");
  }

  private static Map<String, Object> parameters(FederatedCredential wanted) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", wanted.name());
    members.put("subject", wanted.subject());
    members.put("audiences", List.of(FederatedCredential.AUDIENCE));
    return members;
  }

  /**
   * The {@code kubectl} commands that give the service account its annotation, and make it where
   * there is none. Of an account that is there they change nothing else: {@code kubectl apply}
   * would take away what an earlier one had put there and this one does not name.
   */
  static List<String> annotate(Account account) {
    List<String> commands = new ArrayList<>();
    String namespace = "--namespace=" + account.name().namespace();
    if (!account.exists()) {
      commands.add(
          line(List.of("kubectl", "create", "serviceaccount", account.name().name(), namespace)));
    }
    ClientId id = account.annotation();
    if (id != null) {
      commands.add(
          line(
              List.of(
                  "kubectl",
                  "annotate",
                  "serviceaccount",
                  account.name().name(),
                  namespace,
                  "--overwrite",
                  ServiceAccount.CLIENT_ID_ANNOTATION + "=" + id.value())));
    }
    return commands;
  }

  private static String line(List<String> words) {
    return words.stream().map(FederationCommands::quoted).collect(joining(" "));
  }

  /**
   * One word of a POSIX shell, whatever it holds. The script is looked at in a terminal before, so
   * it holds no control characters; no name in Azure has any.
   */
  static String quoted(String given) {
    String word = OneLine.of(given);
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
