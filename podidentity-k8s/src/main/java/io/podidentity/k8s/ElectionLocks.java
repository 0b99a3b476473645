package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.api.model.NamespacedName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of a {@link LeaderElection}, held all or not at all: v1's {@code Endpoints} first, if
 * it is used, and the {@code Lease}. Calls the API server on the caller's thread, and throws as
 * {@link ObservedLock} does. For one thread at a time.
 */
final class ElectionLocks {
  private static final Logger log = LoggerFactory.getLogger(ElectionLocks.class);

  private final LeaderElection.Settings settings;
  private final Clock clock;
  private final List<ObservedLock<?>> locks = new ArrayList<>();
  private String leader = "";

  ElectionLocks(
      KubernetesClient client,
      LeaderElection.Settings settings,
      Clock clock,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.clock = clock;
    // With an eighth for each of its four calls, an attempt that the API server lets hang ends, and
    // another is made, before the duration is over.
    KubernetesClient impatient =
        KubernetesClients.impatient(client, settings.duration().dividedBy(8), /* retries= */ 0);
    if (settings.endpoints()) {
      add(new EndpointsLock(impatient.getKubernetesSerialization()), impatient, nanoTime);
    }
    add(new LeaseLock(), impatient, nanoTime);
  }

  private void add(LockKind<?> kind, KubernetesClient client, LongSupplier nanoTime) {
    NamespacedName name = new NamespacedName(settings.namespace(), settings.name());
    locks.add(new ObservedLock<>(client, kind, name, settings.duration(), clock, nanoTime));
  }

  /** Looks at all; whether we may hold them, which {@code leading} says that we did until now. */
  boolean areFree(boolean leading) {
    // All of them each time: what is not looked at is not seen to grow old.
    List<String> holders = locks.stream().map(each -> each.look().holder()).toList();
    for (int i = 0; i < locks.size(); i++) {
      String holder = holders.get(i);
      // One that led and finds a lock free was away for so long that another may have led too.
      boolean another = leading && !holder.equals(settings.identity());
      if (another || !locks.get(i).isFreeFor(settings.identity())) {
        leads(holder);
        return false;
      }
    }
    return true;
  }

  /** Takes or renews all of them, after {@link #areFree}. */
  void hold(Instant now) {
    for (ObservedLock<?> each : locks) {
      each.hold(settings.identity(), now);
    }
    leads(settings.identity());
  }

  /** The first one last: who sees it free finds the others free too. Throws nothing. */
  void release() {
    for (int i = locks.size() - 1; i >= 0; i--) {
      try {
        locks.get(i).release(settings.identity(), clock.instant());
      } catch (RuntimeException e) {
        log.warn("lease not released, it runs out by itself: {}", e.getMessage());
      }
    }
    log.info("lease released: lease={} identity={}", settings.name(), settings.identity());
  }

  /** How long, as far as was seen, another holds one of them yet; zero if none does. */
  Duration left() {
    return locks.stream()
        .map(each -> each.leftFor(settings.identity()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Who held them when they were looked at last; empty before. */
  String leader() {
    return leader;
  }

  /** The one that v1's events are about; null before it was looked at. */
  @Nullable ObjectReference reference() {
    return locks.get(0).reference();
  }

  private void leads(String holder) {
    if (!holder.equals(leader)) {
      leader = holder;
      log.info("leader: lease={} leader={}", settings.name(), holder);
    }
  }
}
