package io.podidentity.e2e;

import java.util.List;

/** Looks at what reaches the metadata service. Not thread-safe. */
final class ImdsGuard {

  private final SimulatedAzureProcess azure;
  private final List<String> protectedPrefixes;
  private long lastSeen;

  /**
   * @param nodes whose pods must not be seen
   */
  ImdsGuard(SimulatedAzureProcess azure, List<TestNode> nodes) {
    this.azure = azure;
    this.protectedPrefixes =
        nodes.stream().map(node -> node.network().podRange().replace("0/24", "")).toList();
  }

  /** The requests since the last call. */
  List<ImdsRequest> newRequests() {
    List<ImdsRequest> requests = azure.imdsRequestsAfter(lastSeen);
    if (!requests.isEmpty()) {
      lastSeen = requests.get(requests.size() - 1).number();
    }
    return requests;
  }

  boolean isFromAProtectedPod(ImdsRequest request) {
    return protectedPrefixes.stream().anyMatch(request.source()::startsWith);
  }
}
