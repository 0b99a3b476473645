package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.podidentity.api.explain.Situation.Said;
import io.podidentity.api.model.NamespacedName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events that MIC writes, and reads again: also those of v1, which have no annotations. */
final class SaidMapping {
  /** The cause code of a failure. */
  static final String CAUSE = "podidentity.io/cause";

  /** The pod that an event about a binding concerns, as {@code namespace/name}. */
  static final String POD = "podidentity.io/pod";

  private SaidMapping() {}

  /** What it says; empty if it is about nothing that has a namespace and a name. */
  static Optional<Said> said(Event event) {
    ObjectReference about = event.getInvolvedObject();
    if (about == null
        || Metadata.orEmpty(about.getNamespace()).isEmpty()
        || Metadata.orEmpty(about.getName()).isEmpty()
        || Metadata.orEmpty(about.getKind()).isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> annotations =
        event.getMetadata().getAnnotations() == null
            ? Map.of()
            : event.getMetadata().getAnnotations();
    return Optional.of(
        new Said(
            new io.podidentity.api.model.ObjectReference(
                about.getKind(), new NamespacedName(about.getNamespace(), about.getName())),
            "Warning".equals(event.getType()),
            Metadata.orEmpty(event.getReason()),
            Metadata.orEmpty(event.getMessage()),
            annotations.getOrDefault(CAUSE, ""),
            pod(annotations.getOrDefault(POD, "")),
            last(event)));
  }

  private static @Nullable NamespacedName pod(String text) {
    int slash = text.indexOf('/');
    return slash <= 0 || slash == text.length() - 1
        ? null
        : new NamespacedName(text.substring(0, slash), text.substring(slash + 1));
  }

  private static Instant last(Event event) {
    String text = event.getLastTimestamp();
    try {
      return text == null ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
