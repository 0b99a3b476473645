package io.podidentity.mic;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when this MIC becomes the leader, and when it is it no longer. Where something fails
 * on the way the process is to end: one that holds the lease and does not work would keep all
 * others from it. Thread-safe.
 */
final class Leadership implements AutoCloseable {
  /** As v1 words it. */
  static final String LOST = "lost leader lease";

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  /** The work that only a leader does. */
  interface Work {
    /** Tells all who look for it that this one leads, or leads no longer. */
    void tell(boolean leads);

    /** Called once the cluster is known. */
    void begin();

    /** Called also if it has not begun. */
    void end();
  }

  private final Work work;
  private final Consumer<String> onEnd;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean active;

  /**
   * A leadership that has not begun.
   *
   * @param onEnd called once, with a line for the log, when the process is to end; not after {@link
   *     #close()}
   */
  Leadership(Work work, Consumer<String> onEnd) {
    this.work = requireNonNull(work, "work");
    this.onEnd = requireNonNull(onEnd, "onEnd");
  }

  /** Whether the work has begun, and not been ended. */
  boolean isActive() {
    return active;
  }

  /**
   * This one leads from now on.
   *
   * @param known completes when the cluster is known
   * @param besides begins what else a leader does; called once this one leads
   */
  void lead(CompletableFuture<Void> known, Runnable besides) {
    log.info("leading");
    if (begins(() -> work.tell(true))) {
      var unused = known.thenRun(this::begin);
      begins(besides);
    }
  }

  private void begin() {
    if (begins(work::begin)) {
      active = true;
    }
  }

  private boolean begins(Runnable step) {
    Throwable failure = failureOf(step);
    if (failure != null) {
      end("cannot lead, ending: " + failure);
    }
    return failure == null;
  }

  /** This one leads no longer. */
  void stepDown() {
    active = false;
    Throwable failure = failureOf(() -> work.tell(false));
    Throwable another = failureOf(work::end);
    Throwable told = failure == null ? another : failure;
    end(told == null ? LOST : LOST + ", and could not stop at once: " + told);
  }

  /** The cluster cannot be followed any more. */
  void blind(Throwable failure) {
    end("cannot follow the cluster, ending: " + failure);
  }

  /** Nothing that happens from now on ends the process. */
  @Override
  public void close() {
    ended.set(true);
    active = false;
  }

  private void end(String line) {
    active = false;
    if (ended.compareAndSet(false, true)) {
      onEnd.accept(line);
    }
  }

  /** Errors too: that there is no thread left, say. */
  private static @Nullable Throwable failureOf(Runnable step) {
    try {
      step.run();
      return null;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }
}
