package io.podidentity.e2e;

import io.podidentity.harness.kube.KubeApiServer;
import java.util.List;
import java.util.stream.Stream;

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

  /** Those since the last call. */
  List<String> newOnes() {
    List<String> events = api.audit().events();
    List<String> fresh = events.subList(seen, events.size());
    seen = events.size();
    if (server != api.process().pid()) {
      server = api.process().pid();
      return List.of();
    }
    List<String> forbidden = fresh.stream().filter(event -> event.contains(FORBIDDEN)).toList();
    return accounts.stream().flatMap(account -> denied(forbidden, account)).toList();
  }

  private static Stream<String> denied(List<String> events, String account) {
    return AuditedRights.denied(AuditedRights.events(events, "default", account)).stream()
        .map(request -> account + ": " + request);
  }
}
