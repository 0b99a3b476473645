package io.podidentity.e2e;

import io.podidentity.harness.kube.KubernetesApi;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service account may do, compared with what it did by the API server's audit log.
 *
 * @param scope namespace in which it may; empty for all of them
 * @param group API group
 * @param resource with its subresource, if any, behind a slash
 * @param name of the one object that it may; empty for any
 * @param verb as in a role
 */
record AuditedRights(String scope, String group, String resource, String name, String verb)
    implements Comparable<AuditedRights> {

  private static final Set<String> OF_KNOWN_NAMES = Set.of("leases", "endpoints", "configmaps");

  /** All that roles give to the account now. */
  static SortedSet<AuditedRights> of(KubernetesApi api, String namespace, String account) {
    SortedSet<AuditedRights> rights = new TreeSet<>();
    for (String kind : List.of("clusterrolebindings", "rolebindings")) {
      for (JsonNode binding : items(api, kind)) {
        if (names(binding, namespace, account)) {
          add(rights, binding, role(api, binding));
        }
      }
    }
    return rights;
  }

  /** Those that no event of the account made use of. */
  static List<AuditedRights> unused(SortedSet<AuditedRights> rights, List<JsonNode> events) {
    return rights.stream().filter(right -> events.stream().noneMatch(right::allowed)).toList();
  }

  /**
   * Those that are for any object of a kind, where only one was ever asked for: a role could name
   * it. A request to list or watch has a name where it selects one object by it.
   */
  static List<AuditedRights> tooWide(SortedSet<AuditedRights> rights, List<JsonNode> events) {
    return rights.stream()
        .filter(right -> right.name.isEmpty() && right.canBeNamed())
        .filter(right -> right.onlyName(events).filter(name -> !name.isEmpty()).isPresent())
        .toList();
  }

  /** Of most kinds the names are not known when a role is written; one is created without it. */
  private boolean canBeNamed() {
    return switch (verb) {
      case "list", "watch" -> true;
      case "create" -> false;
      default -> OF_KNOWN_NAMES.contains(resource);
    };
  }

  /** Empty if there are several, or none. */
  private Optional<String> onlyName(List<JsonNode> events) {
    List<String> names =
        events.stream()
            .filter(this::allowed)
            .map(event -> event.path("objectRef").path("name").asString(""))
            .distinct()
            .toList();
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  /** The account's events, in order. */
  static List<JsonNode> events(List<String> log, String namespace, String account) {
    String user = "system:serviceaccount:" + namespace + ":" + account;
    return log.stream()
        .map(line -> JsonMapper.shared().readTree(line))
        .filter(event -> event.path("user").path("username").asString("").equals(user))
        .toList();
  }

  /** The requests that were denied. */
  static List<String> denied(List<JsonNode> events) {
    return events.stream()
        .filter(event -> decision(event).equals("forbid"))
        .map(event -> event.path("verb").asString() + " " + event.path("requestURI").asString())
        .distinct()
        .toList();
  }

  private boolean allowed(JsonNode event) {
    JsonNode object = event.path("objectRef");
    String subresource = object.path("subresource").asString("");
    return decision(event).equals("allow")
        && event.path("verb").asString().equals(verb)
        && object.path("apiGroup").asString("").equals(group)
        && (object.path("resource").asString("") + (subresource.isEmpty() ? "" : "/" + subresource))
            .equals(resource)
        && (name.isEmpty() || object.path("name").asString("").equals(name))
        && (scope.isEmpty() || object.path("namespace").asString("").equals(scope));
  }

  private static String decision(JsonNode event) {
    return event.path("annotations").path("authorization.k8s.io/decision").asString("");
  }

  private static List<JsonNode> items(KubernetesApi api, String kind) {
    String json = api.kubectl("get", "--raw", "/apis/rbac.authorization.k8s.io/v1/" + kind);
    return JsonMapper.shared().readTree(json).path("items").valueStream().toList();
  }

  private static boolean names(JsonNode binding, String namespace, String account) {
    return binding
        .path("subjects")
        .valueStream()
        .anyMatch(
            subject ->
                subject.path("name").asString("").equals(account)
                    && subject.path("namespace").asString("").equals(namespace));
  }

  private static JsonNode role(KubernetesApi api, JsonNode binding) {
    JsonNode reference = binding.path("roleRef");
    String kind = reference.path("kind").asString();
    String json =
        kind.equals("ClusterRole")
            ? api.kubectl("get", kind, reference.path("name").asString(), "-o", "json")
            : api.kubectl(
                "get",
                kind,
                reference.path("name").asString(),
                "-n",
                binding.path("metadata").path("namespace").asString(),
                "-o",
                "json");
    return JsonMapper.shared().readTree(json);
  }

  private static void add(SortedSet<AuditedRights> rights, JsonNode binding, JsonNode role) {
    String scope = binding.path("metadata").path("namespace").asString("");
    for (JsonNode rule : role.path("rules")) {
      List<String> names =
          rule.has("resourceNames") ? texts(rule, "resourceNames").toList() : List.of("");
      texts(rule, "apiGroups")
          .forEach(
              group ->
                  texts(rule, "resources")
                      .forEach(
                          resource ->
                              names.forEach(
                                  name ->
                                      texts(rule, "verbs")
                                          .forEach(
                                              verb ->
                                                  rights.add(
                                                      new AuditedRights(
                                                          scope, group, resource, name, verb))))));
    }
  }

  private static Stream<String> texts(JsonNode rule, String member) {
    return rule.path(member).valueStream().map(JsonNode::asString);
  }

  @Override
  public int compareTo(AuditedRights other) {
    return toString().compareTo(other.toString());
  }
}
