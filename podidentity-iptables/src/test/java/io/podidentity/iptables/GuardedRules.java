package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A guard over rules that are not there, with a clock that a test moves. */
final class GuardedRules {
  static final Duration INTERVAL = Duration.ofSeconds(60);

  /** What each look will find, oldest first. */
  final Deque<BooleanSupplier> looks = new ArrayDeque<>();

  final List<Duration> delays = new ArrayList<>();
  final Deque<Runnable> alarms = new ArrayDeque<>();
  final List<String> told = new ArrayList<>();

  final AtomicBoolean newsAreComplete = new AtomicBoolean(true);
  final AtomicBoolean newsAreClosed = new AtomicBoolean();
  final AtomicLong nanos = new AtomicLong();
  Runnable onChange = () -> {};

  final NodeRules redirect =
      new NodeRules() {
        @Override
        public News listen(Runnable wake) {
          onChange = wake;
          return new News() {
            @Override
            public boolean isComplete() {
              return newsAreComplete.get();
            }

            @Override
            public void close() {
              newsAreClosed.set(true);
            }
          };
        }

        @Override
        public boolean ensure() {
          return looks.removeFirst().getAsBoolean();
        }

        @Override
        public void remove() {}
      };

  final RulesGuard.Listener listener =
      new RulesGuard.Listener() {
        @Override
        public void onInPlace(boolean changed) {
          told.add("changed=" + changed);
        }

        @Override
        public void onFailure(PodIdentityException error) {
          told.add(error.reason() + ": " + error.getMessage());
        }
      };

  final RulesGuard guard = guard(Runnable::run, listener);

  RulesGuard guard(Executor executor, RulesGuard.Listener told) {
    return new RulesGuard(redirect, this::alarm, INTERVAL, executor, told, nanos::get);
  }

  Subscription alarm(Duration delay, Runnable task) {
    delays.add(delay);
    alarms.add(task);
    return () -> alarms.remove(task);
  }

  void ring() {
    alarms.removeFirst().run();
  }

  static boolean fail() {
    throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "no iptables");
  }
}
