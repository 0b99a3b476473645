package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.api.spi.NodeRules;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.testkit.contract.IdentityDirectoryContract;
import io.podidentity.testkit.contract.NodeRulesContract;
import io.podidentity.testkit.contract.TelemetryContract;
import io.podidentity.testkit.contract.TimerContract;
import io.podidentity.testkit.contract.WriteGuardContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The contracts of the ports that are one or two methods find what is wrong with a double. */
final class SmallPortDefectsTest {
  @Test
  void identityDirectory() {
    PlantedDefects.areFound(
        IdentityDirectoryContract.class,
        Identities.class,
        List.of(
            PlantedDefects.unforgetting("describedIds", 0),
            PlantedDefects.stale("describedIds", 0)));
  }

  /** With the planted defect, as all below. */
  static class Identities extends InMemoryIdentityDirectoryTest {
    @Override
    protected IdentityDirectory directory() {
      return Defect.in(IdentityDirectory.class, super.directory());
    }
  }

  @Test
  void timer() {
    AtomicBoolean failed = new AtomicBoolean();
    ThreadLocal<Boolean> running = ThreadLocal.withInitial(() -> false);
    PlantedDefects.areFound(
        TimerContract.class,
        Timers.class,
        List.of(
            schedules(
                "runs it at once",
                call -> {
                  call.<Runnable>argument(1).run();
                  return (Subscription) () -> {};
                }),
            schedules(
                "runs it twice",
                call -> {
                  call.proceed();
                  return call.proceed();
                }),
            schedules(
                "runs it early",
                call ->
                    call.proceedWith(call.<Duration>argument(0).dividedBy(2), call.argument(1))),
            PlantedDefects.clinging("schedule", 2),
            schedules(
                "stops after a failure",
                call ->
                    failed.get()
                        ? (Subscription) () -> {}
                        : call.proceedWith(
                            call.argument(0), failing(call.<Runnable>argument(1), failed))),
            schedules(
                "takes nothing from a task",
                call ->
                    running.get()
                        ? (Subscription) () -> {}
                        : call.proceedWith(
                            call.argument(0), marked(call.<Runnable>argument(1), running)))));
  }

  private static Defect schedules(String name, Defect.Behaviour behaviour) {
    return new Defect(name, "schedule", 2, behaviour);
  }

  private static Runnable failing(Runnable task, AtomicBoolean failed) {
    return () -> {
      try {
        task.run();
      } catch (IllegalStateException e) {
        failed.set(true);
        throw e;
      }
    };
  }

  private static Runnable marked(Runnable task, ThreadLocal<Boolean> running) {
    return () -> {
      running.set(true);
      try {
        task.run();
      } finally {
        running.set(false);
      }
    };
  }

  static class Timers extends ManualTimerContractTest {
    @Override
    protected Timer timer() {
      return Defect.in(Timer.class, super.timer());
    }
  }

  @Test
  void writeGuard() {
    PodIdentityException other =
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "for the test");
    AtomicBoolean refused = new AtomicBoolean();
    PlantedDefects.areFound(
        WriteGuardContract.class,
        Guards.class,
        List.of(
            new Defect("lets all through", "check", 0, call -> null),
            new Defect(
                "refuses all",
                "check",
                0,
                call -> {
                  throw other;
                }),
            new Defect(
                "never lets anything through again",
                "check",
                0,
                call -> {
                  if (refused.get()) {
                    throw other;
                  }
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    refused.set(true);
                    throw e;
                  }
                })));
  }

  static class Guards extends WriteGuardContract {
    private final AtomicBoolean allowed = new AtomicBoolean(true);

    @Override
    protected WriteGuard guard() {
      return Defect.in(
          WriteGuard.class,
          () -> {
            if (!allowed.get()) {
              throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "for the test");
            }
          });
    }

    @Override
    protected void allow(boolean now) {
      allowed.set(now);
    }
  }

  @Test
  void telemetry() {
    CountDownLatch never = new CountDownLatch(1);
    PlantedDefects.areFound(
        TelemetryContract.class,
        Reporters.class,
        List.of(
            new Defect(
                "fails",
                "passFailed",
                1,
                call -> {
                  throw new IllegalStateException("for the test");
                }),
            new Defect(
                "cannot count what is negative",
                "targetWorked",
                1,
                call -> {
                  if (call.<Duration>argument(0).isNegative()) {
                    throw new IllegalArgumentException("for the test");
                  }
                  return null;
                }),
            new Defect(
                "waits, on others' threads",
                "targetWorked",
                1,
                call -> {
                  if (Thread.currentThread().getName().startsWith("reporter")) {
                    never.await();
                  }
                  return null;
                })));
    never.countDown();
  }

  static class Reporters extends TelemetryContract {
    @Override
    protected Telemetry telemetry() {
      return Defect.in(Telemetry.class, Telemetry.NOOP);
    }
  }

  @Test
  void nodeRules() {
    PlantedDefects.areFound(
        NodeRulesContract.class,
        Rules.class,
        List.of(
            new Defect("writes nothing", "ensure", 0, call -> false),
            new Defect(
                "says each time that it wrote",
                "ensure",
                0,
                call -> {
                  call.proceed();
                  return true;
                }),
            new Defect("removes nothing", "remove", 0, call -> null),
            new Defect(
                "removes others' rules",
                "remove",
                0,
                call -> {
                  ((InMemoryNodeRules) call.real()).clear();
                  return null;
                }),
            new Defect(
                "wants something to remove",
                "remove",
                0,
                call -> {
                  if (!((InMemoryNodeRules) call.real()).isWritten()) {
                    throw new PodIdentityException(ErrorReason.REDIRECT_FAILED, "for the test");
                  }
                  return call.proceed();
                }),
            new Defect(
                "writes but once",
                "ensure",
                0,
                call -> !((InMemoryNodeRules) call.real()).wasWritten() && call.<Boolean>result()),
            new Defect(
                "does not let go twice",
                "listen",
                1,
                call -> {
                  AtomicBoolean closed = new AtomicBoolean();
                  return new NodeRules.News() {
                    @Override
                    public boolean isComplete() {
                      return true;
                    }

                    @Override
                    public void close() {
                      if (closed.getAndSet(true)) {
                        throw new IllegalStateException("for the test");
                      }
                    }
                  };
                })));
  }

  static class Rules extends InMemoryNodeRulesTest {
    @Override
    protected NodeRules rules() {
      return Defect.in(NodeRules.class, super.rules());
    }
  }
}
