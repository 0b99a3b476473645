package io.podidentity.api.explain;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.PodExemption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that an explanation is made from.
 *
 * @param request whose request is explained
 * @param options how NMI and MIC are set
 * @param cluster the cluster; with all pods, whole, and not only those with the label
 * @param exemptions all {@code AzurePodIdentityException} objects
 * @param recordFacts of records, what {@code cluster} does not say
 * @param micPodIsLive whether the ReplicaSet exists that the pod names, if it says that it is MIC's
 * @param said the events about the pod, and about bindings and identities; in any order
 * @param lease MIC's; null if it is not known
 * @param unseen what could not be read, and why
 * @param onNode what was found on the pod's node; null away from it
 * @param asked what the token service said; null if it was not asked
 */
public record Situation(
    Request request,
    Options options,
    ClusterSnapshot cluster,
    List<PodExemption> exemptions,
    Map<NamespacedName, RecordFacts> recordFacts,
    boolean micPodIsLive,
    List<Said> said,
    @Nullable Lease lease,
    Map<Resource, String> unseen,
    @Nullable OnNode onNode,
    @Nullable Asked asked) {
  /** Copies the lists and maps; refuses null. */
  public Situation {
    requireNonNull(request, "request");
    requireNonNull(options, "options");
    requireNonNull(cluster, "cluster");
    exemptions = List.copyOf(exemptions);
    recordFacts = Map.copyOf(recordFacts);
    said = List.copyOf(said);
    unseen = Map.copyOf(unseen);
  }

  /** The same with what was found on the node. */
  public Situation with(OnNode found) {
    return new Situation(
        request,
        options,
        cluster,
        exemptions,
        recordFacts,
        micPodIsLive,
        said,
        lease,
        unseen,
        found,
        asked);
  }

  /** The same with what the token service said. */
  public Situation with(Asked answer) {
    return new Situation(
        request,
        options,
        cluster,
        exemptions,
        recordFacts,
        micPodIsLive,
        said,
        lease,
        unseen,
        onNode,
        answer);
  }

  /**
   * Whose request.
   *
   * @param pod which pod asks
   * @param choice which identity it names
   * @param resource for which resource (audience); not empty
   */
  public record Request(NamespacedName pod, IdentityChoice choice, String resource) {
    /** Refuses null. */
    public Request {
      requireNonNull(pod, "pod");
      requireNonNull(choice, "choice");
      requireNonNull(resource, "resource");
    }
  }

  /**
   * How NMI and MIC are set.
   *
   * @param managed whether NMI goes by bindings, without MIC
   * @param forceNamespaced whether pods get identities of their own namespace only
   * @param labelledRecordsOnly whether NMI sees only records labelled with its node
   * @param anyIdentity whether exempt pods get other pods' identities too
   * @param mic how MIC's own pods are known
   */
  public record Options(
      boolean managed,
      boolean forceNamespaced,
      boolean labelledRecordsOnly,
      boolean anyIdentity,
      MicPods mic) {}

  /**
   * Of a record.
   *
   * @param created since when it is there; null if it does not say
   * @param nodeLabel its label {@code nodename}; empty if it has none
   */
  public record RecordFacts(@Nullable Instant created, String nodeLabel) {
    static final RecordFacts NONE = new RecordFacts(null, "");
  }

  /**
   * An event.
   *
   * @param about the object
   * @param warning whether it is one
   * @param code the cause code that MIC noted; empty in events of v1, and of success
   * @param pod the pod that it concerns, as MIC noted it; null in events of v1
   */
  public record Said(
      ObjectReference about,
      boolean warning,
      String reason,
      String text,
      String code,
      @Nullable NamespacedName pod,
      Instant last) {}

  /**
   * MIC's lease.
   *
   * @param holder empty if nobody holds it
   * @param renewed when it was last
   * @param duration how long it holds from then
   */
  public record Lease(String holder, Instant renewed, Duration duration) {}

  /** What is read of the cluster, by the names of RBAC. */
  public enum Resource {
    /** Nodes. */
    NODES("nodes"),
    /** Identities. */
    IDENTITIES("azureidentities.aadpodidentity.k8s.io"),
    /** Bindings. */
    BINDINGS("azureidentitybindings.aadpodidentity.k8s.io"),
    /** Records. */
    RECORDS("azureassignedidentities.aadpodidentity.k8s.io"),
    /** Exceptions. */
    EXCEPTIONS("azurepodidentityexceptions.aadpodidentity.k8s.io"),
    /** Events. */
    EVENTS("events"),
    /** Leases, of which MIC's is read. */
    LEASES("leases.coordination.k8s.io");

    private final String text;

    Resource(String text) {
      this.text = text;
    }

    /** As {@code kubectl} and RBAC name it. */
    public String text() {
      return text;
    }
  }

  /**
   * What was found on the pod's node.
   *
   * @param problems what keeps the rules from being written; empty if nothing does
   * @param withoutRouteLocalnet on how many interfaces {@code route_localnet} is off and needed
   * @param answer who answers the pod; null if that cannot be told
   * @param unanswered why that cannot be told; empty if it can
   * @param pins of its address; null if NMI pins none, by its options
   */
  public record OnNode(
      List<String> problems,
      int withoutRouteLocalnet,
      @Nullable WhoAnswers answer,
      String unanswered,
      @Nullable Pins pins) {
    /** Copies the list. */
    public OnNode {
      problems = List.copyOf(problems);
    }
  }

  /**
   * To which interfaces of the node the pod's address is held.
   *
   * @param interfaces the one that the node's routes lead to, and that one's port if it is a
   *     bridge; empty if it is held to none
   * @param enforced whether NMI refuses requests from an address that is held to none
   * @param unseen why that cannot be told; empty if it can
   */
  public record Pins(List<String> interfaces, boolean enforced, String unseen) {
    /** Copies the list. */
    public Pins {
      interfaces = List.copyOf(interfaces);
    }
  }

  /** Who answers a request from the pod's network namespace. */
  public enum WhoAnswers {
    /** NMI. */
    NMI,
    /** Somebody else: the metadata service. */
    OTHER,
    /** The connection is refused. */
    REFUSED,
    /** Nobody. */
    SILENT
  }

  /**
   * What the token service said.
   *
   * @param refusal null if it gave a token
   */
  public record Asked(@Nullable PodIdentityException refusal) {}
}
