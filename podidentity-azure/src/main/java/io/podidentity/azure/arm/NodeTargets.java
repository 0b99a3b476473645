package io.podidentity.azure.arm;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.azure.config.CloudConfig;
import io.podidentity.azure.http.RecentSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which virtual machine or scale set is under a node, by the node's name and {@code
 * spec.providerID}. Null where that cannot be said. Of such a node, and of one in a subscription
 * where nothing may be changed, there is a line in the log when it is first seen. A node without a
 * provider ID is the virtual machine of its name in the cluster's resource group, as in AAD Pod
 * Identity v1. Thread-safe.
 */
public final class NodeTargets implements BiFunction<String, String, @Nullable ComputeTarget> {
  private static final Logger log = LoggerFactory.getLogger(NodeTargets.class);

  private final Supplier<CloudConfig> config;
  private final Predicate<String> subscriptions;

  /** Nodes come and go for years; the eldest may be reported again. */
  private final RecentSet<String> reported = new RecentSet<>(10_000);

  /**
   * Targets of one cluster.
   *
   * @param config names the cluster's subscription, and the resource group for nodes without a
   *     provider ID
   * @param subscriptions whether machines of a subscription may be changed, by its ID
   */
  public NodeTargets(Supplier<CloudConfig> config, Predicate<String> subscriptions) {
    this.config = config;
    this.subscriptions = subscriptions;
  }

  /**
   * The target of a node.
   *
   * @param providerId may be empty
   */
  @Override
  public @Nullable ComputeTarget apply(String nodeName, String providerId) {
    if (providerId.isEmpty()) {
      CloudConfig now = config.get();
      return ComputeTarget.virtualMachine(now.subscriptionId(), now.resourceGroup(), nodeName);
    }
    ComputeTarget target = ComputeTarget.fromProviderId(providerId).orElse(null);
    if (target == null) {
      report(nodeName, providerId, "names no virtual machine or scale set");
      return null;
    }
    if (!subscriptions.test(target.id().subscription())) {
      // It is under the node all the same: another one would have its records cleared away.
      report(
          nodeName, providerId, "is in a subscription other than the cluster's and those allowed");
    }
    return target;
  }

  private void report(String nodeName, String providerId, String problem) {
    if (reported.add(nodeName + " " + providerId)) {
      log.warn(
          "identities cannot be assigned to the pods of a node: its provider ID {}"
              + " node={} providerID={}",
          problem,
          nodeName,
          providerId);
    }
  }
}
