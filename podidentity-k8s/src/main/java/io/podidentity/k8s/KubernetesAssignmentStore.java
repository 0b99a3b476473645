package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.k8s.RecordApi.JsonPatch;
import io.podidentity.k8s.crd.AssignmentStatus;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code AzureAssignedIdentity} objects as v1's MIC does, so that either implementation's
 * NMI and MIC can read them. The view that the copies in the records come from learns of each
 * write.
 */
public final class KubernetesAssignmentStore implements AssignmentStore {
  /** The kind of the records. */
  static final Mirror.Kind<AzureAssignedIdentityResource> KIND =
      new Mirror.Kind<>(
          "azureassignedidentities.aadpodidentity.k8s.io", AzureAssignedIdentityResource::new);

  /** How often the finalizers are read again because someone else changed them meanwhile. */
  private static final int FINALIZER_ATTEMPTS = 5;

  private final RecordApi api;
  private final KubernetesClusterView view;

  /**
   * A store.
   *
   * @param connection may create, get, update, patch and delete {@code azureassignedidentities} in
   *     all namespaces; it stays the caller's to close
   * @param view the view that what is desired was planned from
   * @param rate how many writes are made a second
   * @param guard asked right before each write
   */
  public KubernetesAssignmentStore(
      KubernetesConnection connection,
      KubernetesClusterView view,
      CallRate rate,
      WriteGuard guard) {
    this(connection.client(), view, rate, guard);
  }

  KubernetesAssignmentStore(
      KubernetesClient client, KubernetesClusterView view, CallRate rate, WriteGuard guard) {
    this.api = new RecordApi(client, new RecordWrites(rate, guard));
    this.view = view;
  }

  /**
   * Does in advance what the first writes would have to do, and writes nothing: loads what makes
   * records of JSON and JSON of records, and opens connections, by asking for a record that there
   * is not. Returns when all is done, or has failed, which is of no concern.
   *
   * @param threads where the calls are made, side by side
   * @param calls how many
   */
  public void rehearse(Executor threads, int calls) {
    api.rehearse(RecordDraft.sample());
    CompletableFuture<?>[] all = new CompletableFuture<?>[calls];
    Arrays.setAll(
        all, call -> CompletableFuture.runAsync(() -> api.get(RecordDraft.SAMPLE), threads));
    var unused = CompletableFuture.allOf(all).exceptionally(failure -> null).join();
  }

  @Override
  public AssignedIdentity create(
      DesiredAssignment desired, AssignmentState state, Provenance provenance) {
    NamespacedName name = desired.record();
    AzureAssignedIdentityResource draft =
        RecordDraft.of(desired, state, provenance, identity(desired, name), binding(desired, name));
    try {
      return wrote(api.create(draft));
    } catch (KubernetesClientException e) {
      if (!RecordApi.isConflict(e)) {
        throw failed(e, "create", name);
      }
    }
    AssignedIdentity existing = read(name, "create");
    if (existing.terminating() || !existing.describes(desired)) {
      throw conflict("create", name, "it exists already, and says something else");
    }
    return existing;
  }

  @Override
  public AssignedIdentity replace(
      AssignedIdentity existing,
      DesiredAssignment desired,
      AssignmentState state,
      Provenance provenance) {
    NamespacedName name = existing.name();
    AzureIdentityResource identity = identity(desired, name);
    AzureIdentityBindingResource binding = binding(desired, name);
    try {
      AzureAssignedIdentityResource current = same(existing, "update");
      AssignedIdentity known = RecordMapping.record(current);
      if (known.describes(desired)
          && known.state() == state
          && known.provenance().equals(provenance)) {
        return wrote(current);
      }
      // The version that was read for the plan, so that a later change of another's is not lost.
      current.getMetadata().setResourceVersion(existing.resourceVersion());
      RecordDraft.fill(current, desired, state, provenance, identity, binding);
      return wrote(api.update(current));
    } catch (KubernetesClientException e) {
      throw failed(e, "update", name);
    }
  }

  @Override
  public AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    return setState(existing, state, provenance, true);
  }

  private AssignedIdentity setState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance, boolean again) {
    NamespacedName name = existing.name();
    try {
      return wrote(patchState(existing, state, provenance));
    } catch (KubernetesClientException e) {
      if (!RecordApi.isConflict(e) || !again) {
        throw failed(e, "patch", name);
      }
    }
    AssignedIdentity current = read(name, "patch");
    if (current.uid().equals(existing.uid())
        && current.state() == state
        && current.provenance().equals(provenance)) {
      return current;
    }
    if (!current.saysTheSameAs(existing)) {
      throw conflict("patch", name, "another has changed it");
    }
    // Someone gave it a label, say.
    return setState(current, state, provenance, false);
  }

  @Override
  public void delete(AssignedIdentity existing) {
    delete(existing, true);
  }

  private void delete(AssignedIdentity existing, boolean again) {
    NamespacedName name = existing.name();
    try {
      AzureAssignedIdentityResource left =
          api.delete(name, existing.uid(), existing.resourceVersion());
      for (int attempt = 1; left != null && holds(left); attempt++) {
        left = release(left, attempt == FINALIZER_ATTEMPTS);
      }
      if (left == null || left.getMetadata().getFinalizers().isEmpty()) {
        view.deleted(existing);
      } else {
        // Someone else's finalizer keeps it.
        wrote(left);
      }
    } catch (KubernetesClientException e) {
      AssignedIdentity current = RecordApi.isConflict(e) ? successor(existing) : null;
      if (current != null && again && current.saysTheSameAs(existing)) {
        // Someone gave it a label, say.
        delete(current, false);
      } else if (current != null || !(RecordApi.isGone(e) || RecordApi.isConflict(e))) {
        throw failed(e, "delete", name);
      } else {
        view.deleted(existing);
      }
    }
  }

  /** The record as it is now; null if it is gone, or if another has its name. */
  private @Nullable AssignedIdentity successor(AssignedIdentity existing) {
    try {
      AzureAssignedIdentityResource current = api.get(existing.name());
      return current == null || !existing.uid().equals(current.getMetadata().getUid())
          ? null
          : RecordMapping.record(current);
    } catch (KubernetesClientException e) {
      throw failed(e, "get", existing.name());
    }
  }

  /** Takes our finalizer off; gives what is left, read anew if someone changed it meanwhile. */
  private @Nullable AzureAssignedIdentityResource release(
      AzureAssignedIdentityResource record, boolean last) {
    NamespacedName name = Metadata.of(record).name();
    String uid = record.getMetadata().getUid();
    String path =
        "/metadata/finalizers/"
            + record.getMetadata().getFinalizers().indexOf(RecordDraft.FINALIZER);
    try {
      return api.patch(name, JsonPatch.ofUid(uid).test(path, RecordDraft.FINALIZER).remove(path));
    } catch (KubernetesClientException e) {
      if (RecordApi.isGone(e)) {
        return null;
      }
      if (!RecordApi.isUnprocessable(e) || last) {
        throw e;
      }
    }
    AzureAssignedIdentityResource current = api.get(name);
    return current == null || !uid.equals(current.getMetadata().getUid()) ? null : current;
  }

  private AzureAssignedIdentityResource patchState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    JsonPatch patch =
        JsonPatch.ofUid(existing.uid())
            .inVersion(existing.resourceVersion())
            .replace("/status/status", state.text());
    if (!provenance.equals(existing.provenance())) {
      Map<String, @Nullable String> known = ProvenanceAnnotations.of(existing.provenance());
      ProvenanceAnnotations.of(provenance)
          .forEach((key, value) -> patch.annotation(key, value, known.get(key) != null));
    }
    try {
      return api.patch(existing.name(), patch);
    } catch (KubernetesClientException e) {
      if (!RecordApi.isUnprocessable(e)) {
        throw e;
      }
      // Another record under that name, or one without a status or annotations.
      return addState(existing, state, provenance);
    }
  }

  private AzureAssignedIdentityResource addState(
      AssignedIdentity existing, AssignmentState state, Provenance provenance) {
    AzureAssignedIdentityResource current = same(existing, "patch");
    // Not the version that was just read: another may have led it on.
    JsonPatch patch = JsonPatch.ofUid(existing.uid()).inVersion(existing.resourceVersion());
    Map<String, String> known = current.getMetadata().getAnnotations();
    if (known == null || known.isEmpty()) {
      patch.add("/metadata/annotations", Map.of());
    }
    ProvenanceAnnotations.of(provenance)
        .forEach(
            (key, value) -> patch.annotation(key, value, known != null && known.containsKey(key)));
    return api.patch(
        existing.name(),
        current.getStatus() == null
            ? patch.add("/status", new AssignmentStatus(null, 1, state.text()))
            : patch.add("/status/status", state.text()));
  }

  private AssignedIdentity read(NamespacedName name, String verb) {
    try {
      AzureAssignedIdentityResource current = api.get(name);
      if (current == null) {
        throw conflict(verb, name, "it existed a moment ago, and is gone");
      }
      return wrote(current);
    } catch (KubernetesClientException e) {
      throw failed(e, "get", name);
    }
  }

  /** The record as it is now. */
  private AzureAssignedIdentityResource same(AssignedIdentity existing, String verb) {
    AzureAssignedIdentityResource current = api.get(existing.name());
    if (current == null) {
      throw conflict(verb, existing.name(), "it is gone");
    }
    if (!existing.uid().equals(current.getMetadata().getUid())) {
      throw conflict(verb, existing.name(), "another record has its name");
    }
    return current;
  }

  /** The copy must mean what was planned with, or the record would say what nobody has done. */
  private AzureIdentityResource identity(DesiredAssignment desired, NamespacedName record) {
    NamespacedName name = desired.identity().name();
    AzureIdentityResource identity = view.identity(name);
    if (identity == null
        || !IdentityMapping.identity(identity, name).sameMeaningAs(desired.identity())) {
      throw conflict("write", record, "AzureIdentity " + name + " has just changed");
    }
    return identity;
  }

  private AzureIdentityBindingResource binding(DesiredAssignment desired, NamespacedName record) {
    NamespacedName name = desired.binding().name();
    AzureIdentityBindingResource binding = view.binding(name);
    if (binding == null || !IdentityMapping.binding(binding, name).equals(desired.binding())) {
      throw conflict("write", record, "AzureIdentityBinding " + name + " has just changed");
    }
    return binding;
  }

  private AssignedIdentity wrote(AzureAssignedIdentityResource stored) {
    AssignedIdentity record = RecordMapping.record(stored);
    view.wrote(record);
    return record;
  }

  private static boolean holds(AzureAssignedIdentityResource record) {
    List<String> finalizers = record.getMetadata().getFinalizers();
    return finalizers != null && finalizers.contains(RecordDraft.FINALIZER);
  }

  private PodIdentityException failed(
      KubernetesClientException e, String verb, NamespacedName name) {
    if (RecordApi.isGone(e) && !verb.equals("create")) {
      return conflict(verb, name, "it is gone");
    }
    if (RecordApi.isConflict(e)) {
      view.contradicted(name);
    }
    return Failures.of(e, verb, KIND.name(), name);
  }

  private PodIdentityException conflict(String verb, NamespacedName name, String problem) {
    view.contradicted(name);
    return Failures.conflict("%s %s %s".formatted(verb, KIND.name(), name), problem, null);
  }
}
