package io.podidentity.e2e;

import io.podidentity.harness.kube.KubeApiServer;
import java.util.List;

/**
 * Knows what the API server denied to MIC and NMI under the roles of {@code deploy/rbac}, which are
 * the chart's. One that has just started denies what it has not read the roles for yet: what it
 * said before it was seen for the first time does not count.
 */
final class DeniedRequests {

  private static final String FORBIDDEN = "\"authorization.k8s.io/decision\":\"forbid\"";

  private final KubeApiServer api;
  private final List<String> accounts;
  private long server;
  private int seen;

  /**
   * Those to the accounts.
   *
   * @param accounts in the namespace {@code default}
   */
  DeniedRequests(KubeApiServer api, List<String> accounts) {
    this.api = api;
    this.accounts = accounts;
    this.server = api.process().pid();
  }

  /** Those since the last call, each a verb and a path. */
  List<String> newOnes() {
    List<String> events = api.audit().events();
    List<String> fresh = events.subList(seen, events.size());
    seen = events.size();
    if (server != api.process().pid()) {
      server = api.process().pid();
      return List.of();
    }
    List<String> forbidden = fresh.stream().filter(event -> event.contains(FORBIDDEN)).toList();
    return accounts.stream()
        .flatMap(
            account ->
                AuditedRights.denied(AuditedRights.events(forbidden, "default", account)).stream())
        .toList();
  }
}
