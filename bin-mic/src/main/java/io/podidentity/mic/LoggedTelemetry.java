package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.spi.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is reported to the log, and passes it on. A failure that is retried is written when
 * it begins and when its reason changes, and otherwise once an hour.
 */
final class LoggedTelemetry implements Telemetry {
  private static final Logger log = LoggerFactory.getLogger("mic");

  private final Telemetry next;
  private final Failing failing;

  LoggedTelemetry(Telemetry next, Clock clock) {
    this.next = next;
    this.failing = new Failing(clock);
  }

  @Override
  public void objectIgnored(ObjectReference object, String problem) {
    // For an identity the wording of v1, which its troubleshooting guide tells users to look for.
    log.warn("Ignoring {} {}, error: {}", words(object.kind()), object.name(), problem);
    next.objectIgnored(object, problem);
  }

  @Override
  public void noticed(Notice notice) {
    log.warn("{} {}: {}", notice.kind().kindName(), notice.object(), notice.text());
    next.noticed(notice);
  }

  @Override
  public void assigned(DesiredAssignment assignment) {
    failing.ended(assignment.record());
    log.info(
        "identity assigned pod={} node={} identity={} binding={}",
        assignment.pod().name(),
        assignment.nodeName(),
        assignment.identity().name(),
        assignment.binding().name());
    next.assigned(assignment);
  }

  @Override
  public void assignmentFailed(DesiredAssignment assignment, PodIdentityException error) {
    if (isTheEnd(error)) {
      return;
    }
    if (failing.isNews(assignment.record(), "assign " + error.reason())) {
      log.warn(
          "identity not assigned pod={} node={} identity={} reason={} error=\"{}\"",
          assignment.pod().name(),
          assignment.nodeName(),
          assignment.identity().name(),
          error.reason().code(),
          error.getMessage());
    }
    next.assignmentFailed(assignment, error);
  }

  @Override
  public void unassigned(AssignedIdentity record) {
    failing.ended(record.name());
    log.info(
        "identity unassigned pod={} node={} identity={}",
        record.pod(),
        record.nodeName(),
        record.identity().name());
    next.unassigned(record);
  }

  @Override
  public void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {
    if (isTheEnd(error)) {
      return;
    }
    if (failing.isNews(record.name(), "unassign " + error.reason())) {
      log.warn(
          "identity not unassigned pod={} node={} identity={} reason={} error=\"{}\"",
          record.pod(),
          record.nodeName(),
          record.identity().name(),
          error.reason().code(),
          error.getMessage());
    }
    next.unassignmentFailed(record, error);
  }

  @Override
  public void targetFailed(ComputeTarget target, PodIdentityException error) {
    if (isTheEnd(error)) {
      return;
    }
    if (failing.isNews(target, error.reason())) {
      log.warn(
          "target not changed target={} reason={} error=\"{}\"",
          target.id(),
          error.reason().code(),
          error.getMessage());
    }
    next.targetFailed(target, error);
  }

  @Override
  public void targetWorked(Duration took) {
    next.targetWorked(took);
  }

  @Override
  public void passFailed(RuntimeException error) {
    if (error instanceof PodIdentityException failure && isTheEnd(failure)) {
      return;
    }
    if (failing.isNews("pass", error.toString())) {
      log.error("pass failed", error);
    }
    next.passFailed(error);
  }

  /** Nothing failed: it was left to the next leader, because this one leads no longer, or ends. */
  private static boolean isTheEnd(PodIdentityException error) {
    return error.reason() == ErrorReason.SHUTTING_DOWN;
  }

  /** {@code azure identity} for {@code AzureIdentity}. */
  private static String words(String kind) {
    return kind.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
