package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One lock object, as it was seen last. A leader's time has run out when the object has not changed
 * for as long as it lasts, by our own monotonic clock: what the holder's clock wrote into it is not
 * compared with ours, which may be minutes apart, and a wall clock that is set forward makes no
 * lock older. Not thread-safe.
 *
 * @param <T> the kind of the object
 */
final class ObservedLock<T extends HasMetadata> {
  private final KubernetesClient client;
  private final LockKind<T> kind;
  private final NamespacedName name;
  private final Duration duration;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private @Nullable T object;
  private String version = "";
  private Instant changed;
  private long changedNanos;
  private long lookedNanos;

  /**
   * A lock that has not been looked at.
   *
   * @param duration how long a leader lasts whose record does not say it, and we ourselves
   * @param clock for what is written and read; a lock's age does not go by it
   * @param nanoTime by which a lock's age goes, as {@link System#nanoTime()}
   */
  ObservedLock(
      KubernetesClient client,
      LockKind<T> kind,
      NamespacedName name,
      Duration duration,
      Clock clock,
      LongSupplier nanoTime) {
    this.client = client;
    this.kind = kind;
    this.name = name;
    this.duration = duration;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.changed = clock.instant();
    this.changedNanos = nanoTime.getAsLong();
  }

  /**
   * Looks at it.
   *
   * @return what it says
   * @throws PodIdentityException if that is not possible
   */
  LeaderRecord look() {
    lookedNanos = nanoTime.getAsLong();
    T seen =
        call(
            "get",
            () ->
                client
                    .resources(kind.type())
                    .inNamespace(name.namespace())
                    .withName(name.name())
                    .get());
    saw(seen);
    return said();
  }

  /** Whether one of that name may take it, by what was seen last. */
  boolean isFreeFor(String identity) {
    return leftFor(identity).isZero();
  }

  /**
   * How long it is until one of that name may take it, if it is not renewed; zero if it may now.
   */
  Duration leftFor(String identity) {
    LeaderRecord record = said();
    if (record.holder().isEmpty() || record.holder().equals(identity)) {
      return Duration.ZERO;
    }
    Duration left = record.duration().minus(Duration.ofNanos(nanoTime.getAsLong() - changedNanos));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * Writes us into it, over what was seen last.
   *
   * @throws PodIdentityException with {@code CLUSTER_CONFLICT} if another was sooner, or may have
   *     been since the look, because half our duration has passed
   */
  void hold(String identity, Instant now) {
    // Whoever was halted in between writes nothing, not even what the API server would refuse.
    if (nanoTime.getAsLong() - lookedNanos >= duration.toNanos() / 2) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_CONFLICT, kind.resource() + " " + name + ": seen too long ago");
    }
    write(said().heldBy(identity, duration, now));
  }

  /** Gives it up, if it is ours. */
  void release(String identity, Instant now) {
    LeaderRecord record = look();
    if (record.holder().equals(identity)) {
      write(record.released(now));
    }
  }

  /** For events about it, by what was seen last. */
  ObjectReference reference() {
    T seen = object;
    return new ObjectReferenceBuilder()
        .withApiVersion(HasMetadata.getApiVersion(kind.type()))
        .withKind(HasMetadata.getKind(kind.type()))
        .withNamespace(name.namespace())
        .withName(name.name())
        .withUid(seen == null ? null : seen.getMetadata().getUid())
        .build();
  }

  private LeaderRecord said() {
    T seen = object;
    return seen == null
        ? new LeaderRecord("", duration, changed, changed, -1)
        : kind.read(seen, changed, duration);
  }

  private void write(LeaderRecord record) {
    T known = object;
    if (known == null) {
      ObjectMeta meta =
          new ObjectMetaBuilder().withNamespace(name.namespace()).withName(name.name()).build();
      T made = kind.empty(meta);
      kind.write(made, record);
      saw(call("create", () -> client.resource(made).create()));
    } else {
      // With the version that was seen: whoever changed it since then was sooner.
      kind.write(known, record);
      saw(call("update", () -> client.resource(known).update()));
    }
  }

  private void saw(@Nullable T seen) {
    object = seen;
    String now = seen == null ? "" : seen.getMetadata().getResourceVersion();
    if (!now.equals(version)) {
      version = now;
      changed = clock.instant();
      changedNanos = nanoTime.getAsLong();
    }
  }

  private @Nullable T call(String verb, Supplier<@Nullable T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw Failures.of(
          e instanceof KubernetesClientException failure
              ? failure
              : new KubernetesClientException(String.valueOf(e.getMessage()), e),
          verb,
          kind.resource(),
          name);
    }
  }
}
