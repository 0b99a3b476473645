package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodController;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads metadata of which any part may be absent: copies inside records are as they were written.
 */
final class Metadata {
  /** A name that no object can have. */
  static final NamespacedName NOT_AN_OBJECT = new NamespacedName("-", "-");

  private final @Nullable ObjectMeta meta;

  private Metadata(@Nullable ObjectMeta meta) {
    this.meta = meta;
  }

  static Metadata of(HasMetadata object) {
    return new Metadata(object.getMetadata());
  }

  /** Its name; the fallback if it has none. */
  NamespacedName name(NamespacedName fallback) {
    String namespace = meta == null ? "" : orEmpty(meta.getNamespace());
    String name = meta == null ? "" : orEmpty(meta.getName());
    return namespace.isEmpty() || name.isEmpty() ? fallback : new NamespacedName(namespace, name);
  }

  /** Its name, for an object that the API server sent: those have one. */
  NamespacedName name() {
    return name(NOT_AN_OBJECT);
  }

  String uid() {
    return meta == null ? "" : orEmpty(meta.getUid());
  }

  String resourceVersion() {
    return meta == null ? "" : orEmpty(meta.getResourceVersion());
  }

  long generation() {
    return meta == null || meta.getGeneration() == null ? 0 : meta.getGeneration();
  }

  boolean isTerminating() {
    return meta != null && !orEmpty(meta.getDeletionTimestamp()).isEmpty();
  }

  Map<String, String> labels() {
    return meta == null || meta.getLabels() == null ? Map.of() : meta.getLabels();
  }

  @Nullable String annotation(String key) {
    return meta == null || meta.getAnnotations() == null ? null : meta.getAnnotations().get(key);
  }

  /** The owner that is marked as its controller; null if none is. */
  @Nullable PodController controller() {
    List<OwnerReference> owners =
        meta == null || meta.getOwnerReferences() == null ? List.of() : meta.getOwnerReferences();
    return owners.stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst()
        .map(
            owner ->
                new PodController(
                    orEmpty(owner.getKind()), orEmpty(owner.getName()), orEmpty(owner.getUid())))
        .orElse(null);
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
