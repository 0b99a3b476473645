package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * That {@link AuditedRights} finds what it is there for, in events as the API server writes them.
 */
final class AuditedRightsIT {

  private static final String EVENT =
      """
      {"kind":"Event","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/secrets/app",\
      "verb":"%s","user":{"username":"system:serviceaccount:identity:%s"},\
      "objectRef":{"resource":"secrets","namespace":"shop","name":"app","apiVersion":"v1"},\
      "annotations":{"authorization.k8s.io/decision":"%s"}}""";

  @Test
  void rightIsUsedOnlyByItsVerbObjectScopeAndAccountAndOnlyIfItWasAllowed() {
    SortedSet<AuditedRights> rights = new TreeSet<>();
    AuditedRights used = new AuditedRights("shop", "", "secrets", "", "get");
    rights.add(used);
    rights.add(new AuditedRights("", "", "secrets", "app", "get"));
    List<AuditedRights> others =
        List.of(
            new AuditedRights("bank", "", "secrets", "", "get"),
            new AuditedRights("shop", "", "secrets", "", "list"),
            new AuditedRights("shop", "", "secrets", "other", "get"),
            new AuditedRights("shop", "", "secrets/status", "", "get"),
            new AuditedRights("shop", "apps", "secrets", "", "get"));
    rights.addAll(others);

    assertThat(AuditedRights.unused(rights, events("get", "nmi", "allow")))
        .containsExactlyInAnyOrderElementsOf(others);
    assertThat(AuditedRights.unused(rights, events("get", "nmi", "forbid"))).hasSameSizeAs(rights);
    assertThat(AuditedRights.unused(rights, events("get", "mic", "allow"))).hasSameSizeAs(rights);
  }

  @Test
  void rightToListAllOfWhichOneWasAskedForIsTooWide() {
    AuditedRights one = new AuditedRights("shop", "", "secrets", "app", "watch");
    AuditedRights all = new AuditedRights("shop", "", "secrets", "", "watch");
    SortedSet<AuditedRights> rights = new TreeSet<>(List.of(one, all));
    List<JsonNode> app = events("watch", "nmi", "allow");

    assertThat(AuditedRights.tooWide(rights, app)).containsExactly(all);

    List<JsonNode> other =
        AuditedRights.events(
            List.of(
                EVENT.formatted("watch", "nmi", "allow"),
                EVENT.formatted("watch", "nmi", "allow").replace("\"app\"", "\"other\"")),
            "identity",
            "nmi");
    assertThat(AuditedRights.tooWide(rights, other)).isEmpty();
    List<JsonNode> nameless =
        AuditedRights.events(
            List.of(EVENT.formatted("watch", "nmi", "allow").replace(",\"name\":\"app\"", "")),
            "identity",
            "nmi");
    assertThat(AuditedRights.tooWide(rights, nameless)).isEmpty();
  }

  @Test
  void deniedRequestIsNamed() {
    assertThat(AuditedRights.denied(events("get", "nmi", "forbid")))
        .containsExactly("get /api/v1/namespaces/shop/secrets/app");
    assertThat(AuditedRights.denied(events("get", "nmi", "allow"))).isEmpty();
  }

  private static List<JsonNode> events(String verb, String account, String decision) {
    return AuditedRights.events(
        List.of(EVENT.formatted(verb, account, decision)), "identity", "nmi");
  }
}
