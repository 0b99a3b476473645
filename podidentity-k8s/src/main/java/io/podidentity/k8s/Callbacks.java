package io.podidentity.k8s;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.spi.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to be called. One that throws keeps neither the others nor a watch from going on.
 */
final class Callbacks {
  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  Subscription subscribe(Runnable callback) {
    Entry entry = new Entry(callback);
    add(entry);
    return () -> remove(entry);
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  void remove(Entry entry) {
    entries.remove(entry);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  void call() {
    for (Entry entry : entries) {
      try {
        entry.callback.run();
      } catch (RuntimeException | Error e) {
        // Not thrown on, where it would end the client's watch, or vanish in a future of it.
        log.error("a callback failed", e);
      }
    }
  }

  /** Equal to itself only: one callback may be added twice. */
  static final class Entry {
    private final Runnable callback;

    Entry(Runnable callback) {
      this.callback = requireNonNull(callback, "callback");
    }
  }
}
