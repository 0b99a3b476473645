package io.podidentity.api.telemetry;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the failures of a {@link Telemetry} from whoever reports to it: a request or a target would
 * hang for ever after a report that is not expected to fail. The broker and the reconciler guard
 * what they are given; so should an adapter that reports.
 */
public final class GuardedTelemetry {
  private GuardedTelemetry() {}

  /**
   * One that passes all reports on and throws nothing. The first failure goes to the uncaught
   * exception handler of the thread that reports, as the cause of one that says so; those after it
   * go nowhere.
   *
   * @return the same one if it is guarded already
   */
  public static Telemetry of(Telemetry telemetry) {
    requireNonNull(telemetry, "telemetry");
    return telemetry instanceof Guard || telemetry == Telemetry.NOOP
        ? telemetry
        : new Guard(telemetry);
  }

  private static final class Guard implements Telemetry {
    private final Telemetry telemetry;
    private final AtomicBoolean hasFailed = new AtomicBoolean();

    Guard(Telemetry telemetry) {
      this.telemetry = telemetry;
    }

    private void report(Runnable report) {
      try {
        report.run();
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }

    private void failed(Throwable error) {
      if (hasFailed.getAndSet(true)) {
        return;
      }
      Thread thread = Thread.currentThread();
      try {
        thread
            .getUncaughtExceptionHandler()
            .uncaughtException(
                thread,
                new IllegalStateException(
                    "the telemetry fails; what it is told of goes on, and this is said once",
                    error));
      } catch (RuntimeException | Error e) {
        // As the JVM does: there is nobody left to tell.
      }
    }

    /** On each request: nothing is made for it. */
    @Override
    public void tokenCache(TokenCacheEvent event) {
      try {
        telemetry.tokenCache(event);
      } catch (RuntimeException | Error e) {
        failed(e);
      }
    }

    @Override
    public void objectIgnored(ObjectReference object, String problem) {
      report(() -> telemetry.objectIgnored(object, problem));
    }

    @Override
    public void noticed(Notice notice) {
      report(() -> telemetry.noticed(notice));
    }

    @Override
    public void assigned(DesiredAssignment assignment) {
      report(() -> telemetry.assigned(assignment));
    }

    @Override
    public void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {
      report(() -> telemetry.assignmentFailed(assignment, error));
    }

    @Override
    public void unassigned(AssignedIdentity record) {
      report(() -> telemetry.unassigned(record));
    }

    @Override
    public void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {
      report(() -> telemetry.unassignmentFailed(record, error));
    }

    @Override
    public void targetFailed(ComputeTarget target, PodIdentityException error) {
      report(() -> telemetry.targetFailed(target, error));
    }

    @Override
    public void targetWorked(Duration took) {
      report(() -> telemetry.targetWorked(took));
    }

    @Override
    public void targetCalled(ComputeTarget target, TargetCall call, Duration took) {
      report(() -> telemetry.targetCalled(target, call, took));
    }

    @Override
    public void targetCallFailed(ComputeTarget target, TargetCall call) {
      report(() -> telemetry.targetCallFailed(target, call));
    }

    @Override
    public void passFailed(RuntimeException error) {
      report(() -> telemetry.passFailed(error));
    }

    @Override
    public void requestWaits(WaitReason reason) {
      report(() -> telemetry.requestWaits(reason));
    }

    @Override
    public void requestWaited(WaitReason reason, Duration took) {
      report(() -> telemetry.requestWaited(reason, took));
    }

    @Override
    public void tokenCacheFilled(int entries, long bytes) {
      report(() -> telemetry.tokenCacheFilled(entries, bytes));
    }

    @Override
    public void tokenFetches(TokenService service, int waiting, int underWay) {
      report(() -> telemetry.tokenFetches(service, waiting, underWay));
    }

    @Override
    public void tokenFetched(TokenQuery query, Duration waited, Duration took) {
      report(() -> telemetry.tokenFetched(query, waited, took));
    }

    @Override
    public void tokenFetchFailed(
        TokenQuery query, Duration waited, Duration took, RuntimeException error) {
      report(() -> telemetry.tokenFetchFailed(query, waited, took, error));
    }

    @Override
    public void tokenFetchRefused(TokenQuery query) {
      report(() -> telemetry.tokenFetchRefused(query));
    }
  }
}
