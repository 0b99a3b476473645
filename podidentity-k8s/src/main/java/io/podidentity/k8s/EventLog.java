package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.podidentity.k8s.WrittenEvents.Written;
import io.podidentity.k8s.crd.Api;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events, later and elsewhere. The same one again within a quarter of an hour is counted in
 * the one that is there. What cannot be written is logged, and lost.
 */
final class EventLog {
  /**
   * What an event says.
   *
   * @param object what it is about
   * @param type {@code Normal} or {@code Warning}; those go first
   * @param annotations what programs read of it
   */
  record Entry(
      ObjectReference object,
      String type,
      String reason,
      String message,
      Map<String, String> annotations) {
    Entry(ObjectReference object, String type, String reason, String message) {
      this(object, type, reason, message, Map.of());
    }
  }

  /** As whom v1's MIC and this one write. */
  static final String COMPONENT = Api.GROUP;

  static final String WARNING = "Warning";

  private static final Logger log = LoggerFactory.getLogger(EventLog.class);

  /** Longer than any rest between two tries of what fails. */
  private static final Duration SAME = Duration.ofMinutes(15);

  /** The API server takes no longer message. */
  private static final int MOST_CHARACTERS = 1024;

  private final KubernetesClient client;
  private final Executor executor;
  private final Clock clock;
  private final String component;
  private final CallRate rate;
  private final EventQueue waiting = new EventQueue();
  private final Object lock = new Object();
  // Guarded by lock, which is held through the calls: events are written one after the other.
  private final WrittenEvents written = new WrittenEvents();

  EventLog(
      KubernetesClient client, Executor executor, Clock clock, String component, CallRate rate) {
    this.client = client;
    this.rate = rate;
    this.executor = executor;
    this.clock = clock;
    this.component = component;
  }

  /** Returns at once. */
  void add(Entry entry) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    EventQueue.Waiting event = new EventQueue.Waiting(entry, now, System.nanoTime());
    if (!waiting.add(event)) {
      return;
    }
    try {
      executor.execute(this::writeNext);
    } catch (RejectedExecutionException e) {
      waiting.remove(event);
      log.debug("event lost, stopping: reason={} message={}", entry.reason(), entry.message());
    }
  }

  private void writeNext() {
    EventQueue.Waiting next = waiting.next();
    if (next != null) {
      write(next.entry(), next.now(), next.since());
    }
  }

  private void write(Entry entry, Instant now, long since) {
    try {
      // A pod waits for its record, and nobody for an event; but none is to be lost.
      if (waiting.isLong()) {
        rate.await();
      } else {
        rate.awaitSpare(since);
      }
      synchronized (lock) {
        Written before = written.get(entry);
        boolean again = before != null && now.isBefore(before.last().plus(SAME));
        Written after = again && before != null ? count(entry, before, now) : null;
        written.put(entry, after == null ? create(entry, now) : after);
      }
    } catch (RuntimeException e) {
      log.warn(
          "event lost: reason={} message={} problem={}",
          entry.reason(),
          entry.message(),
          Failures.brief(e));
    }
  }

  private Written create(Entry entry, Instant now) {
    String message = entry.message();
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(entry.object().getNamespace())
            .withGenerateName(entry.object().getName() + ".")
            .withAnnotations(entry.annotations())
            .endMetadata()
            .withInvolvedObject(entry.object())
            .withType(entry.type())
            .withReason(entry.reason())
            .withMessage(message.substring(0, Math.min(message.length(), MOST_CHARACTERS)))
            .withNewSource()
            .withComponent(component)
            .endSource()
            .withReportingComponent(component)
            .withFirstTimestamp(now.toString())
            .withLastTimestamp(now.toString())
            .withCount(1)
            .build();
    Event stored = client.resource(event).create();
    return new Written(stored.getMetadata().getName(), 1, now);
  }

  /** Null if the event is there no longer: the API server keeps events for an hour. */
  private @Nullable Written count(Entry entry, Written before, Instant now) {
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(entry.object().getNamespace())
            .withName(before.name())
            .endMetadata()
            .build();
    Map<String, Object> change =
        Map.of("count", before.count() + 1, "lastTimestamp", now.toString());
    try {
      client
          .resource(event)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client.getKubernetesSerialization().asJson(change));
    } catch (KubernetesClientException e) {
      if (RecordApi.isGone(e)) {
        return null;
      }
      throw e;
    }
    return new Written(before.name(), before.count() + 1, now);
  }
}
