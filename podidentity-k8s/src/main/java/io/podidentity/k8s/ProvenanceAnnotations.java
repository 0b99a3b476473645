package io.podidentity.k8s;

import static io.podidentity.k8s.Metadata.orEmpty;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.model.ResourceId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What MIC did in Azure for a record, in annotations of the record. AAD Pod Identity v1 knows none
 * of them and leaves them alone.
 */
final class ProvenanceAnnotations {
  /** The resource ID of the virtual machine or scale set. */
  static final String TARGET = "podidentity.io/target";

  /**
   * The resource IDs of the identities that MIC put there, or is about to, in lower case, with
   * commas; empty if all were there before.
   */
  static final String ADDED = "podidentity.io/added";

  /** Since when something of the record is not needed any more, as RFC 3339 writes it. */
  static final String UNNEEDED_SINCE = "podidentity.io/unneeded-since";

  private ProvenanceAnnotations() {}

  /** What cannot be read was never written by MIC, and is left out: nothing is taken off for it. */
  static Provenance read(Metadata meta) {
    String added = meta.annotation(ADDED);
    return new Provenance(
        ComputeTarget.fromId(orEmpty(meta.annotation(TARGET))).orElse(null),
        added == null ? null : ids(added),
        time(orEmpty(meta.annotation(UNNEEDED_SINCE))));
  }

  /** Each annotation with its value, or null for one that must not be there. */
  static Map<String, @Nullable String> of(Provenance provenance) {
    Map<String, @Nullable String> all = new LinkedHashMap<>();
    ComputeTarget target = provenance.target();
    Set<ResourceId> added = provenance.added();
    Instant since = provenance.unneededSince();
    all.put(TARGET, target == null ? null : target.id().value());
    all.put(
        ADDED,
        added == null
            ? null
            : added.stream().map(ResourceId::lowerCase).sorted().collect(Collectors.joining(",")));
    all.put(UNNEEDED_SINCE, since == null ? null : since.toString());
    return all;
  }

  /** All of them, to the letter, or none: what is read here may be taken off a machine. */
  private static Set<ResourceId> ids(String text) {
    Set<ResourceId> ids = new HashSet<>();
    if (text.isEmpty()) {
      return ids;
    }
    for (String part : text.split(",", -1)) {
      try {
        ResourceId id = new ResourceId(part);
        if (!id.isUserAssignedIdentity()) {
          return Set.of();
        }
        ids.add(id);
      } catch (IllegalArgumentException e) {
        return Set.of();
      }
    }
    return ids;
  }

  private static @Nullable Instant time(String text) {
    try {
      return text.isEmpty() ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
