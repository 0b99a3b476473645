package io.podidentity.api.federation;

import static java.util.stream.Collectors.joining;

import io.podidentity.api.federation.FederationFinding.Code;
import io.podidentity.api.federation.FederationReport.Identity;
import io.podidentity.api.federation.FederationReport.PodUse;
import io.podidentity.api.federation.FederationReport.Use;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.Credential.ServicePrincipal;
import io.podidentity.api.model.NamespacedName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the identities need that pods have. */
final class IdentityNeeds {
  private final TreeMap<NamespacedName, AzureIdentity> objects = new TreeMap<>();
  private final SortedSet<FederatedCredential> credentials = new TreeSet<>();

  private IdentityNeeds() {}

  /** What all of them need, in the order of their objects' names. */
  static List<Identity> of(Map<NamespacedName, List<PodUse>> byAccount) {
    Map<String, IdentityNeeds> needs = new TreeMap<>();
    byAccount.forEach(
        (account, pods) ->
            pods.stream()
                .flatMap(pod -> pod.uses().stream())
                .forEach(
                    use ->
                        needs
                            .computeIfAbsent(key(use), it -> new IdentityNeeds())
                            .add(use, account)));
    return needs.values().stream()
        .map(IdentityNeeds::identity)
        .sorted(Comparator.comparing(identity -> identity.objects().get(0)))
        .toList();
  }

  private void add(Use use, NamespacedName account) {
    objects.put(use.identity().name(), use.identity());
    credentials.add(new FederatedCredential(account));
  }

  private Identity identity() {
    Credential credential = objects.firstEntry().getValue().credential();
    // Whoever may create an AzureIdentity would choose a file that az reads and sends to Azure.
    return new Identity(
        List.copyOf(objects.keySet()),
        credential,
        namesAFile(credential) ? List.of() : List.copyOf(credentials),
        findings(credential));
  }

  /** Whether {@code az} would take its name for a file: {@code --option=@file}. */
  private static boolean namesAFile(Credential credential) {
    // No part of a resource ID can begin with @.
    ServicePrincipal principal = principalOf(credential);
    return principal != null && principal.clientId().value().startsWith("@");
  }

  private List<FederationFinding> findings(Credential credential) {
    List<FederationFinding> findings = new ArrayList<>();
    if (credentials.size() > FederatedCredential.LIMIT) {
      findings.add(
          new FederationFinding(
              Code.TOO_MANY_CREDENTIALS,
              "%d service accounts need it, and it may have %d federated credentials: take more identities, or fewer service accounts"
                  .formatted(credentials.size(), FederatedCredential.LIMIT)));
    }
    if (namesAFile(credential)) {
      findings.add(
          new FederationFinding(
              Code.NAMES_A_FILE,
              "its client ID begins with @, by which az reads a file: it is left aside"));
    }
    boolean clientIdsDiffer =
        objects.values().stream().map(it -> it.credential().clientId()).distinct().count() > 1;
    if (clientIdsDiffer) {
      findings.add(
          new FederationFinding(
              Code.OTHER_CLIENT_ID,
              "the objects %s name it with different client IDs"
                  .formatted(
                      objects.keySet().stream()
                          .map(NamespacedName::toString)
                          .collect(joining(", ")))));
    }
    ServicePrincipal principal = principalOf(credential);
    if (principal != null && !principal.auxiliaryTenantIds().isEmpty()) {
      findings.add(
          new FederationFinding(
              Code.FURTHER_TENANTS,
              "its tokens are for %d further tenants: programs have to ask each tenant themselves"
                  .formatted(principal.auxiliaryTenantIds().size())));
    }
    if (principal != null && principal.authorityEndpoint() != null) {
      findings.add(
          new FederationFinding(
              Code.OTHER_ENDPOINT,
              "it has an Entra endpoint of its own: the webhook has one for the whole cluster"));
    }
    return findings;
  }

  static @Nullable ServicePrincipal principalOf(Credential credential) {
    if (credential instanceof Credential.ClientSecret secret) {
      return secret.principal();
    }
    return credential instanceof Credential.ClientCertificate certificate
        ? certificate.principal()
        : null;
  }

  /** What is one identity in Azure, however it is written. */
  private static String key(Use use) {
    Credential credential = use.identity().credential();
    if (credential instanceof Credential.ManagedIdentity managed) {
      return managed.resourceId().lowerCase();
    }
    ServicePrincipal principal = principalOf(credential);
    ClientId id = credential.clientId();
    return ((principal == null ? "" : principal.tenantId()) + " " + (id == null ? "" : id.value()))
        .toLowerCase(Locale.ROOT);
  }
}
