package io.podidentity.api.model;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What MIC has done in Azure for a record, or is about to do: written into the record before it is
 * done, so that whoever comes after a crash knows what to take off again.
 *
 * @param target the machine or scale set; null if nothing was written yet, and in records of AAD
 *     Pod Identity v1
 * @param added the identities that MIC put there, or is about to; null as above. What was there
 *     before is not among them, and is never taken off
 * @param unneededSince since when the record holds something that nothing needs any more; null if
 *     it does not
 */
public record Provenance(
    @Nullable ComputeTarget target,
    @Nullable Set<ResourceId> added,
    @Nullable Instant unneededSince) {
  /** Nothing is known, as of a record that v1 wrote. */
  public static final Provenance UNKNOWN = new Provenance(null, null, null);

  /** Copies the set. */
  public Provenance {
    added = added == null ? null : Set.copyOf(added);
  }

  /** Whether it says what MIC did. */
  public boolean isKnown() {
    return added != null;
  }

  /** The identities that it names as put there by MIC. */
  public Set<ResourceId> addedIds() {
    return added == null ? Set.of() : added;
  }

  /** The same on that target, null for none, with these identities besides. */
  public Provenance adding(@Nullable ComputeTarget on, Set<ResourceId> more) {
    Set<ResourceId> all = new HashSet<>(addedIds());
    all.addAll(more);
    return new Provenance(on, all, unneededSince);
  }

  /** The same without these identities. */
  public Provenance without(Set<ResourceId> gone) {
    Set<ResourceId> left = new HashSet<>(addedIds());
    left.removeAll(gone);
    return new Provenance(target, added == null ? null : left, unneededSince);
  }

  /** The same with another time; null for none. */
  public Provenance unneededSince(@Nullable Instant since) {
    return new Provenance(target, added, since);
  }
}
