package io.podidentity.mic;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Notice;
import io.podidentity.api.spi.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what is reported to the log, and passes it on. */
record LoggedTelemetry(Telemetry next) implements Telemetry {
  private static final Logger log = LoggerFactory.getLogger("mic");

  @Override
  public void objectIgnored(NamespacedName object, String problem) {
    // The wording of v1, which its troubleshooting guide tells users to look for.
    log.warn("Ignoring azure identity {}, error: {}", object, problem);
    next.objectIgnored(object, problem);
  }

  @Override
  public void noticed(Notice notice) {
    log.warn("{} {}: {}", notice.kind().kindName(), notice.object(), notice.text());
    next.noticed(notice);
  }

  @Override
  public void assigned(DesiredAssignment assignment) {
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
    log.warn(
        "identity not assigned pod={} node={} identity={} reason={} error=\"{}\"",
        assignment.pod().name(),
        assignment.nodeName(),
        assignment.identity().name(),
        error.reason().code(),
        error.getMessage());
    next.assignmentFailed(assignment, error);
  }

  @Override
  public void unassigned(AssignedIdentity record) {
    log.info(
        "identity unassigned pod={} node={} identity={}",
        record.pod(),
        record.nodeName(),
        record.identity().name());
    next.unassigned(record);
  }

  @Override
  public void unassignmentFailed(AssignedIdentity record, PodIdentityException error) {
    log.warn(
        "identity not unassigned pod={} node={} identity={} reason={} error=\"{}\"",
        record.pod(),
        record.nodeName(),
        record.identity().name(),
        error.reason().code(),
        error.getMessage());
    next.unassignmentFailed(record, error);
  }

  @Override
  public void targetFailed(ComputeTarget target, PodIdentityException error) {
    log.warn(
        "target not changed target={} reason={} error=\"{}\"",
        target.id(),
        error.reason().code(),
        error.getMessage());
    next.targetFailed(target, error);
  }

  @Override
  public void passFailed(RuntimeException error) {
    log.error("pass failed", error);
    next.passFailed(error);
  }
}
