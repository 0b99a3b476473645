package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Notice;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.k8s.crd.Api;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Tells the owners of bindings what comes of them, and who leads, by the events that AAD Pod
 * Identity v1 writes: same component, reasons and wording. {@code kubectl describe
 * azureidentitybinding} shows them.
 *
 * <p>It never blocks its caller and never fails: an event that cannot be written is logged and
 * lost. One that repeats within a quarter of an hour is counted, not written again.
 */
public final class KubernetesEvents implements Telemetry {
  private static final String NORMAL = "Normal";

  private final KubernetesClusterView view;
  private final EventLog events;

  /**
   * Events about the bindings of a cluster.
   *
   * @param connection may create and patch events in all namespaces; it stays the caller's to close
   * @param view knows the bindings
   * @param executor where the calls to the API server run, one at a time
   * @param clock for the times in the events
   * @param rate how many events are written a second
   */
  public KubernetesEvents(
      KubernetesConnection connection,
      KubernetesClusterView view,
      Executor executor,
      Clock clock,
      CallRate rate) {
    this(connection.client(), view, executor, clock, rate);
  }

  KubernetesEvents(
      KubernetesClient client,
      KubernetesClusterView view,
      Executor executor,
      Clock clock,
      CallRate rate) {
    this.view = view;
    this.events = new EventLog(client, executor, clock, EventLog.COMPONENT, rate);
  }

  /** This instance leads now, or has lost that, as v1's MIC says it. */
  public void leads(LeaderElection election, boolean now) {
    ObjectReference object = election.reference();
    if (object != null) {
      String what = now ? "became leader" : "stopped leading";
      events.add(
          new EventLog.Entry(object, NORMAL, "LeaderElection", election.identity() + " " + what));
    }
  }

  @Override
  public void noticed(Notice notice) {
    ObjectReference object =
        new ObjectReferenceBuilder()
            .withApiVersion(notice.kind().apiVersion())
            .withKind(notice.kind().kindName())
            .withNamespace(notice.object().namespace())
            .withName(notice.object().name())
            .withUid(notice.uid().isEmpty() ? null : notice.uid())
            .build();
    events.add(new EventLog.Entry(object, EventLog.WARNING, "identity warning", notice.text()));
  }

  @Override
  public void assigned(DesiredAssignment assignment) {
    add(
        assignment.binding(),
        NORMAL,
        "binding applied",
        "Binding %s applied on node %s for pod %s"
            .formatted(
                assignment.binding().name().name(),
                assignment.nodeName(),
                assignment.record().name()),
        about(assignment.pod().name()));
  }

  @Override
  public void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {
    add(
        assignment.binding(),
        EventLog.WARNING,
        "binding apply error",
        "failed to apply binding %s node %s for pod %s, error: %s"
            .formatted(
                assignment.binding().name(),
                assignment.nodeName(),
                assignment.pod().name(),
                error.getMessage()),
        about(assignment.pod().name(), error));
  }

  @Override
  public void unassigned(AssignedIdentity record) {
    add(
        record.binding(),
        NORMAL,
        "binding removed",
        "Binding %s removed from node %s for pod %s"
            .formatted(record.binding().name().name(), record.nodeName(), record.pod().name()),
        about(record.pod()));
  }

  @Override
  public void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {
    add(
        record.binding(),
        EventLog.WARNING,
        "binding remove error",
        "failed to remove AzureIdentityBinding %s node %s for pod %s, error: %s"
            .formatted(
                record.binding().name(), record.nodeName(), record.pod(), error.getMessage()),
        about(record.pod(), error));
  }

  private void add(
      IdentityBinding binding,
      String type,
      String reason,
      String message,
      Map<String, String> annotations) {
    events.add(new EventLog.Entry(reference(binding), type, reason, message, annotations));
  }

  private static Map<String, String> about(NamespacedName pod) {
    return Map.of(SaidMapping.POD, pod.toString());
  }

  private static Map<String, String> about(NamespacedName pod, PodIdentityException error) {
    return Map.of(SaidMapping.POD, pod.toString(), SaidMapping.CAUSE, error.reason().code());
  }

  /**
   * With the UID, without which kubectl does not find the events; a binding that is gone has none.
   */
  private ObjectReference reference(IdentityBinding binding) {
    AzureIdentityBindingResource object = view.binding(binding.name());
    return new ObjectReferenceBuilder()
        .withApiVersion(Api.API_VERSION)
        .withKind("AzureIdentityBinding")
        .withNamespace(binding.name().namespace())
        .withName(binding.name().name())
        .withUid(object == null ? null : object.getMetadata().getUid())
        .build();
  }
}
