package io.podidentity.api.token;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.token.EventWait.Look;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pod that asks: in the directory; else by one call to the cluster, for a pod may ask
 * before the news of it has come; else by news that come before the hold ends. What a call has not
 * shown is not asked for again for a while. Thread-safe.
 */
final class PodFinder {
  /** How long it is remembered that the cluster knows of no such pod. */
  static final Duration REMEMBERED = Duration.ofSeconds(5);

  /** About what an API server needs to start. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** More are not remembered: calls are rare enough without. */
  private static final int MAX_ABSENT = 1000;

  private final PodDirectory pods;
  private final Timer timer;
  private final Duration hold;
  private final SharedList lists;
  private final Set<SoughtPod> absent = ConcurrentHashMap.newKeySet();

  PodFinder(PodDirectory pods, Timer timer, Duration hold) {
    this.pods = pods;
    this.timer = timer;
    this.hold = hold;
    this.lists = new SharedList(pods, timer);
  }

  /**
   * The pod. The future fails with {@code POD_NOT_FOUND} or {@code POD_AMBIGUOUS}, or with {@code
   * CLUSTER_UNAVAILABLE} if the cluster could not be asked.
   */
  CompletableFuture<Pod> find(Caller caller) {
    Search search = new Search(SoughtPod.of(caller));
    return EventWait.until(search, search, timer, hold);
  }

  private void rememberAbsent(SoughtPod sought) {
    if (absent.size() < MAX_ABSENT && absent.add(sought)) {
      var unused = timer.schedule(REMEMBERED, () -> absent.remove(sought));
    }
  }

  private static PodIdentityException unavailable(
      SoughtPod sought, String problem, @Nullable PodIdentityException cause) {
    return new PodIdentityException(
        ErrorReason.CLUSTER_UNAVAILABLE,
        "no pod %s is known, and the cluster %s; ask again in a moment".formatted(sought, problem),
        cause == null ? RETRY_AFTER : cause.retryAfter().orElse(RETRY_AFTER),
        cause);
  }

  /**
   * The search for one request: how to look, and what to do if it is not found at once. Itself, as
   * objects of method references are dear in the first compiler tier, and each request has one.
   */
  private final class Search
      implements Supplier<Look<Pod>>, Function<Runnable, Subscription>, SharedList.Seeker {
    private final SoughtPod sought;
    private volatile @Nullable Pod listed;
    private volatile @Nullable PodIdentityException unanswered;
    private volatile Runnable wake = () -> {};

    Search(SoughtPod sought) {
      this.sought = sought;
    }

    @Override
    public Look<Pod> get() {
      Pod found = listed;
      if (found != null) {
        return new EventWait.Ready<>(found);
      }
      try {
        return new EventWait.Ready<>(sought.in(pods));
      } catch (PodIdentityException e) {
        PodIdentityException open = unanswered;
        return new EventWait.Undecided<>(open == null ? e : open, hold);
      }
    }

    @Override
    public Subscription apply(Runnable lookAgain) {
      wake = lookAgain;
      Subscription changes = sought.onChange(pods, lookAgain);
      if (absent.contains(sought)) {
        return changes;
      }
      unanswered = unavailable(sought, "has not answered yet", null);
      Subscription seeking = lists.seek(this);
      return () -> {
        changes.close();
        seeking.close();
      };
    }

    @Override
    public boolean findIn(List<Pod> all) {
      try {
        listed = sought.among(all);
      } catch (PodIdentityException e) {
        return false;
      }
      wake.run();
      return true;
    }

    @Override
    public void absent() {
      unanswered = null;
      rememberAbsent(sought);
    }

    @Override
    public void failed(PodIdentityException error) {
      unanswered = unavailable(sought, "cannot be asked now", error);
    }
  }
}
