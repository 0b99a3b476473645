package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cluster for the node's pods on behalf of all who miss one: one call at a time, and a
 * rest after its start, so that nobody can make NMI poll the API server. Thread-safe.
 */
final class SharedList {
  /** Between the starts of two calls. */
  static final Duration REST = Duration.ofSeconds(1);

  /** Who waits for a pod. Called without a lock, at most once after it has what it wants. */
  interface Seeker {
    /** Whether the pod sought is among these, which a call that began after it came has shown. */
    boolean findIn(List<Pod> pods);

    /** There is no such pod among them. */
    void absent();

    /** The cluster could not be asked. */
    void failed(PodIdentityException error);
  }

  private final PodDirectory pods;
  private final Timer timer;
  private final Object lock = new Object();
  private final Set<Entry> waiting = new LinkedHashSet<>();
  private boolean listing;
  private boolean resting;

  SharedList(PodDirectory pods, Timer timer) {
    this.pods = pods;
    this.timer = timer;
  }

  /**
   * Has the next call look for a seeker's pod too. One that is under way does not count: it may
   * show whose the address was before this seeker had it.
   *
   * @return closing it forgets the seeker at once
   */
  Subscription seek(Seeker seeker) {
    Entry entry = new Entry(seeker);
    synchronized (lock) {
      waiting.add(entry);
    }
    beginIfDue();
    return () -> forget(entry);
  }

  private void forget(Entry entry) {
    synchronized (lock) {
      waiting.remove(entry);
    }
  }

  private void beginIfDue() {
    synchronized (lock) {
      if (listing || resting || waiting.isEmpty()) {
        return;
      }
      listing = true;
      resting = true;
      waiting.forEach(entry -> entry.asked = true);
    }
    CompletableFuture<List<Pod>> answer;
    try {
      var unused = timer.schedule(REST, this::endRest);
      answer = pods.list();
    } catch (RuntimeException | Error e) {
      // An error too: without an end, there would never be another call.
      answer = CompletableFuture.failedFuture(e);
    }
    var unused = answer.whenComplete(this::end);
  }

  private void endRest() {
    synchronized (lock) {
      resting = false;
    }
    beginIfDue();
  }

  private void end(@Nullable List<Pod> found, @Nullable Throwable error) {
    List<Entry> entries;
    synchronized (lock) {
      entries = new ArrayList<>(waiting);
    }
    try {
      for (Entry entry : entries) {
        if (tell(entry, found, error)) {
          forget(entry);
        }
      }
    } finally {
      // Not before: a call that began in between would claim those whom this one has not told yet.
      synchronized (lock) {
        listing = false;
      }
    }
    beginIfDue();
  }

  /** Whether the seeker has its answer; one that came during the call has the next one's. */
  private static boolean tell(Entry entry, @Nullable List<Pod> found, @Nullable Throwable error) {
    if (!entry.asked) {
      return false;
    }
    if (found == null) {
      entry.seeker.failed(refusal(error));
    } else if (!entry.seeker.findIn(found)) {
      entry.seeker.absent();
    }
    return true;
  }

  private static PodIdentityException refusal(@Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof PodIdentityException known
        ? known
        : new PodIdentityException(
            ErrorReason.CLUSTER_UNAVAILABLE, "the pods of this node cannot be listed", null, cause);
  }

  /** Equal to itself only. */
  private static final class Entry {
    final Seeker seeker;

    /** Whether a call began after it came. Written under the lock, before that call. */
    boolean asked;

    Entry(Seeker seeker) {
      this.seeker = seeker;
    }
  }
}
