package io.podidentity.e2e;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * What goes wrong where people run this, each seeded into the running system, and the code that
 * {@code nmi explain} gives it. The constant's name is that of the objects.
 */
enum Fault {
  NO_SUCH_POD("pod-not-found", FaultSeed::absent),
  POD_THAT_HAS_ENDED("pod-ended", it -> it.phase("Succeeded")),
  POD_THAT_FAILED("pod-ended", it -> it.phase("Failed")),
  POD_WITHOUT_NODE("pod-not-scheduled", it -> it.node("").phase("Pending").address("")),
  POD_THAT_STARTS("pod-without-address", it -> it.phase("Pending").address("")),
  POD_OF_IPV_SIX("pod-without-ipv4", it -> it.address("fd00::7")),
  POD_OF_THE_HOST("pod-on-host-network", FaultSeed::hostNetwork),
  TWO_PODS_OF_ONE_ADDRESS("pod-ambiguous", FaultSeed::twin),
  POD_THAT_LEAVES("pod-address-taken", FaultSeed::twin),

  NO_LABEL("pod-not-bound", it -> it.withoutLabel().label("app", "web")),
  LABEL_IN_CAMEL_CASE(
      "label-misspelt", it -> it.withoutLabel().label("aadPodIdBinding", it.name).bound()),
  LABEL_WITH_DASHES(
      "label-misspelt", it -> it.withoutLabel().label("aad-pod-id-binding", it.name).bound()),
  LABEL_WITH_PREFIX(
      "label-misspelt", it -> it.withoutLabel().label("azure.com/aadpodidbinding", it.name)),

  NO_BINDING("binding-missing", it -> {}),
  UPPER_CASE_SELECTOR(
      "selector-case",
      it ->
          it.identity(it.namespace, it.name)
              .binding(it.namespace, it.name, it.name.toUpperCase(Locale.ROOT))),
  TRANSPOSED_SELECTOR(
      "selector-misspelt",
      it ->
          it.identity(it.namespace, it.name).binding(it.namespace, it.name, "rtansposed-selector")),
  EMPTY_SELECTOR(
      "selector-empty",
      it ->
          it.absent()
              .podInOther(it.name)
              .identity(it.other, it.name)
              .binding(it.other, it.name, "")),
  BINDING_TO_NOTHING("binding-without-identity", it -> it.binding(it.namespace, "", it.name)),
  UNKNOWN_IDENTITY("identity-missing", it -> it.binding(it.namespace, "nowhere-at-all", it.name)),
  MISTYPED_IDENTITY(
      "identity-misspelt",
      it -> it.identity(it.namespace, it.name).binding(it.namespace, it.name + "s", it.name)),
  IDENTITY_ELSEWHERE(
      "identity-in-other-namespace",
      it -> it.identity(it.other, it.name).binding(it.namespace, it.name, it.name)),
  KEPT_TO_ITS_NAMESPACE(
      "identity-namespaced",
      it ->
          it.identity(
                  it.other,
                  it.name,
                  "{aadpodidentity.k8s.io/Behavior: namespaced}",
                  "{type: 0, resourceID: %s, clientID: c}".formatted(AzureNames.identity(it.name)))
              .binding(it.other, it.name, it.name)),
  FORCED_NAMESPACES(
      "identity-namespaced",
      it ->
          it.identity(it.other, it.name)
              .binding(it.other, it.name, it.name)
              .nowhere()
              .flag("--forceNamespaced")),
  MANAGED_ELSEWHERE(
      "binding-in-other-namespace",
      it ->
          it.identity(it.other, it.name)
              .binding(it.other, it.name, it.name)
              .nowhere()
              .flag("--forceNamespaced")
              .flag("--operation-mode=managed")),
  MALFORMED_RESOURCE_ID(
      "identity-invalid",
      it ->
          it.identity(it.namespace, it.name, "{}", "{type: 0, resourceID: nonsense, clientID: c}")
              .binding(it.namespace, it.name, it.name)),
  NO_CLIENT_ID(
      "identity-invalid",
      it ->
          it.identity(
                  it.namespace,
                  it.name,
                  "{}",
                  "{type: 0, resourceID: %s}".formatted(AzureNames.identity(it.name)))
              .binding(it.namespace, it.name, it.name)),
  NO_TENANT(
      "identity-invalid",
      it ->
          it.identity(it.namespace, it.name, "{}", "{type: 1, clientID: c}")
              .binding(it.namespace, it.name, it.name)),
  SAME_RECORD_NAME(
      "record-name-taken", it -> it.podName("twin-q").bound().podInOther("twin").nowhere()),
  SAME_IDENTITY_NAME(
      "identity-name-taken",
      it -> it.bound().identity(it.other, it.name).binding(it.other, it.name, it.name).nowhere()),

  FOREIGN_NODE("node-without-target", it -> it.bound().node("foreign-node")),
  NEW_NODE("node-not-initialized", it -> it.bound().node("new-node")),
  NO_SUCH_MACHINE("target-not-found", it -> it.bound().node("no-such-machine")),
  THROTTLED_MACHINE("target-unavailable", it -> it.bound().node("throttled-machine")),
  ARM_IS_AWAY("target-unavailable", it -> it.bound().node("away-machine")),
  NO_RIGHT_ON_MACHINE("target-rejected", it -> it.bound().node("forbidden-machine")),
  NO_SUCH_IDENTITY("target-rejected", FaultSeed::bound),
  NO_MIC("mic-not-leading", it -> it.bound().nowhere().flag("--leader-election-name=of-nobody")),
  NOT_RECORDED("identity-not-bound", it -> it.bound().nowhere()),
  BEING_ASSIGNED("identity-not-assigned", it -> it.bound().nowhere().record("Created")),
  OF_FORMER_POD(
      "record-of-former-pod",
      it ->
          it.bound()
              .nowhere()
              .record("Assigned", "default", "nowhere", "{nodename: nowhere}", "another")),
  BEING_TAKEN_OFF("record-unassigned", it -> it.bound().nowhere().record("Unassigned")),
  BEING_DELETED("record-deleting", it -> it.bound().nowhere().record("Assigned")),
  IN_THE_WRONG_PLACE(
      "record-misplaced",
      it ->
          it.bound().nowhere().record("Assigned", it.other, "nowhere", "{nodename: nowhere}", "")),
  WITHOUT_NODE_LABEL(
      "record-not-seen",
      it -> it.bound().nowhere().record("Assigned", "default", "nowhere", "{}", "")),
  OF_ANOTHER_NODE(
      "record-not-seen",
      it ->
          it.bound()
              .nowhere()
              .record("Assigned", "default", "elsewhere", "{nodename: nowhere}", "")),

  OBJECT_ID_FOR_CLIENT_ID(
      "choice-unknown",
      it -> it.bound().nowhere().record("Assigned").flag("--client-id=an-object-id")),
  CLIENT_ID_OF_ANOTHER(
      "choice-not-bound",
      it ->
          it.bound()
              .nowhere()
              .record("Assigned")
              .identity(it.namespace, "client-id-owner")
              .flag("--client-id=client-of-client-id-owner")),
  EXEMPT_AND_GREEDY(
      "choice-not-bound",
      it ->
          it.label("greedy", "please")
              .exception(it.namespace, "greedy", "please")
              .identity(it.namespace, it.name)
              .flag("--client-id=client-of-" + it.name)),

  EXEMPT(
      "pod-exempt",
      true,
      it -> it.label("exempt", "please").exception(it.namespace, "exempt", "please")),
  EXEMPT_ELSEWHERE(
      "exception-in-other-namespace",
      true,
      it ->
          it.bound()
              .nowhere()
              .record("Assigned")
              .label("elsewhere", "please")
              .exception(it.other, "elsewhere", "please")),
  EXEMPT_BY_ANOTHER_KEY(
      "exception-label-misspelt",
      true,
      it ->
          it.bound()
              .nowhere()
              .record("Assigned")
              .label("anotherkey", "please")
              .exception(it.namespace, "anotherKey", "please")),
  NODE_THAT_IS_GONE("node-missing", true, it -> it.bound().nowhere().record("Assigned")),
  RECORD_WITHOUT_BINDING("record-orphaned", true, it -> it.nowhere().record("Assigned")),
  WARNED_ABOUT(
      "mic-warns",
      true,
      it ->
          it.bound()
              .nowhere()
              .record("Assigned")
              .yaml(
                  """
                  apiVersion: v1
                  kind: Event
                  metadata: {name: %1$s, namespace: %2$s}
                  involvedObject:
                    {kind: AzureIdentity, name: %1$s, namespace: %2$s,
                     apiVersion: aadpodidentity.k8s.io/v1}
                  type: Warning
                  reason: identity warning
                  message: it is the cluster's own identity
                  source: {component: aadpodidentity.k8s.io}
                  lastTimestamp: '2026-01-01T00:00:00Z'
                  """
                      .formatted(it.name, it.namespace)));

  final String code;

  /** Whether the pod gets its token all the same. */
  final boolean harmless;

  /** Captures nothing. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Consumer<FaultSeed> seed;

  Fault(String code, Consumer<FaultSeed> seed) {
    this(code, false, seed);
  }

  Fault(String code, boolean harmless, Consumer<FaultSeed> seed) {
    this.code = code;
    this.harmless = harmless;
    this.seed = seed;
  }

  /**
   * Its objects, in that namespace.
   *
   * @param number another one for each fault
   */
  FaultSeed in(String namespace, int number) {
    FaultSeed seeded =
        new FaultSeed(name().toLowerCase(Locale.ROOT).replace('_', '-'), number, namespace);
    seed.accept(seeded);
    return seeded;
  }

  /** Whether MIC says so, and is to be waited for. */
  boolean isMics() {
    return code.startsWith("target-");
  }
}
