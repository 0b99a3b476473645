package io.podidentity.testkit.contract;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Notice;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.model.TokenCacheEvent;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All that can be reported to a {@link Telemetry}: each of its methods, with values of each kind.
 */
final class Reports {
  private static final String RESOURCE = "https://vault.azure.net";

  private final List<Consumer<Telemetry>> reports = new ArrayList<>();

  private Reports() {}

  /** Reports with such a text, time and failure. */
  static List<Consumer<Telemetry>> of(String text, Duration took, PodIdentityException error) {
    Reports all = new Reports();
    AzureIdentity identity = Samples.identity("default");
    all.ofAssignments(identity, text, error);
    all.ofTargets(took, error);
    all.ofRequests(took);
    all.ofFetches(new TokenQuery(new TokenQuery.Bound(identity), RESOURCE), took, error);
    all.ofFetches(new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), RESOURCE), took, error);
    return List.copyOf(all.reports);
  }

  private void ofAssignments(AzureIdentity identity, String text, PodIdentityException error) {
    DesiredAssignment desired =
        Samples.desired(
            Samples.bound(Samples.pod("default", Samples.address()), "selector"),
            identity,
            Samples.binding(identity, "selector"));
    AssignedIdentity record = Samples.record(desired, AssignmentState.ASSIGNED);
    reports.add(it -> it.objectIgnored(ObjectReference.to(identity), text));
    for (Notice.Kind kind : Notice.Kind.values()) {
      reports.add(it -> it.noticed(new Notice(kind, identity.name(), "", text)));
    }
    // A failure, and that it has ended, and that it was never there.
    reports.add(it -> it.assignmentFailed(desired, error));
    reports.add(it -> it.assigned(desired));
    reports.add(it -> it.assigned(desired));
    reports.add(it -> it.unassignmentFailed(record, error));
    reports.add(it -> it.unassigned(record));
    reports.add(it -> it.unassigned(record));
  }

  private void ofTargets(Duration took, PodIdentityException error) {
    ComputeTarget target = ComputeTarget.scaleSet(Samples.SUBSCRIPTION, "rg", "set");
    reports.add(it -> it.targetFailed(target, error));
    reports.add(it -> it.targetWorked(took));
    for (TargetCall call : TargetCall.values()) {
      reports.add(it -> it.targetCalled(target, call, took));
      reports.add(it -> it.targetCallFailed(target, call));
    }
    reports.add(it -> it.passFailed(error));
    reports.add(it -> it.passFailed(new IllegalStateException()));
  }

  private void ofRequests(Duration took) {
    for (WaitReason reason : WaitReason.values()) {
      reports.add(it -> it.requestWaits(reason));
      reports.add(it -> it.requestWaited(reason, took));
    }
    for (TokenCacheEvent event : TokenCacheEvent.values()) {
      reports.add(it -> it.tokenCache(event));
    }
    reports.add(it -> it.tokenCacheFilled(0, 0));
    reports.add(it -> it.tokenCacheFilled(Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  private void ofFetches(TokenQuery query, Duration took, PodIdentityException error) {
    for (TokenService service : TokenService.values()) {
      reports.add(it -> it.tokenFetches(service, 1, 1));
      reports.add(it -> it.tokenFetches(service, 0, 0));
    }
    reports.add(it -> it.tokenFetched(query, took, took));
    reports.add(it -> it.tokenFetchFailed(query, took, took, error));
    reports.add(it -> it.tokenFetchFailed(query, took, took, new IllegalStateException()));
    reports.add(it -> it.tokenFetchRefused(query));
  }
}
