package io.podidentity.api.assignment;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attaches identities to the target of one run, as many as Azure takes. One bad identity keeps no
 * other off the target: what is refused together is asked for without those that Azure blames, or
 * else in halves; but not where Azure blames the target itself. For one use.
 */
final class Attachment {
  /**
   * After so many refusals without a success in between nothing more is attached in this run: it
   * may be no identity's fault. One bad identity among 200 takes nine, and what is left is tried
   * after a rest.
   */
  private static final int REFUSALS = 16;

  private final LiveTarget live;
  private final ComputeTarget target;
  private final Quarantine quarantine;
  private final int limit;
  private final RunFailures failures;
  private final Consumer<Duration> hold;
  private final Map<ResourceId, PodIdentityException> notAttached = new HashMap<>();
  // By Azure.
  private final Set<ResourceId> refused = new LinkedHashSet<>();
  private int refusedInARow;
  private @Nullable PodIdentityException gaveUp;

  /**
   * An attachment that has not begun.
   *
   * @param limit how many identities the target may have
   * @param hold told for each identity that is refused how long it is left alone
   */
  Attachment(
      LiveTarget live,
      Quarantine quarantine,
      int limit,
      RunFailures failures,
      Consumer<Duration> hold) {
    this.live = live;
    this.target = live.target();
    this.quarantine = quarantine;
    this.limit = limit;
    this.failures = failures;
    this.hold = hold;
  }

  /** Attaches those of them that are not there. Returns which are not there then, and why. */
  Map<ResourceId, PodIdentityException> attach(Collection<ResourceId> ids) {
    List<ResourceId> clean = new ArrayList<>();
    List<ResourceId> suspect = new ArrayList<>();
    int free = limit - live.there().clientIds().size();
    for (ResourceId id : new LinkedHashSet<>(ids)) {
      if (live.there().has(id)) {
        continue;
      }
      if (free-- <= 0) {
        refuse(id, TargetProblems.tooMany(target, live.there(), limit));
      } else {
        (quarantine.isSuspect(target, id) ? suspect : clean).add(id);
      }
    }
    attachAll(clean);
    attachAll(suspect);
    noteWhatIsOff();
    return notAttached;
  }

  private void attachAll(List<ResourceId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    PodIdentityException last = gaveUp;
    if (last != null) {
      ids.forEach(id -> notAttached.put(id, last));
      failures.ofRecord();
      return;
    }
    PodIdentityException failure = live.change(Set.copyOf(ids), Set.of());
    if (failure == null) {
      refusedInARow = 0;
      return;
    }
    if (failures.unavailable() != null || failure.reason() != ErrorReason.TARGET_REJECTED) {
      ids.forEach(id -> notAttached.put(id, failure));
      if (failure.reason() == ErrorReason.TARGET_REJECTED) {
        refused.addAll(ids);
      }
      return;
    }
    if (++refusedInARow == REFUSALS) {
      gaveUp = failure;
    }
    List<ResourceId> blamed =
        ids.stream().filter(id -> failure.blamed().contains(id.lowerCase())).toList();
    if (ids.size() == 1 || !blamed.isEmpty()) {
      List<ResourceId> bad = blamed.isEmpty() ? ids : blamed;
      refused.addAll(bad);
      bad.forEach(id -> refuse(id, failure));
      attachAll(ids.stream().filter(id -> !bad.contains(id)).toList());
    } else {
      int half = ids.size() / 2;
      attachAll(ids.subList(0, half));
      attachAll(ids.subList(half, ids.size()));
    }
  }

  private void refuse(ResourceId id, PodIdentityException error) {
    hold.accept(quarantine.refused(target, id));
    notAttached.put(id, error);
  }

  /** What Azure accepts and fails to do later may be there in part. */
  private void noteWhatIsOff() {
    PodIdentityException away = failures.unavailable();
    boolean readable = away == null || away.reason() == ErrorReason.TARGET_REJECTED;
    if (!refused.isEmpty() && readable && live.read(true) == null) {
      refused.stream()
          .filter(id -> !live.there().has(id))
          .forEach(id -> quarantine.isOff(target, id));
    }
  }
}
