package io.podidentity.azure.config;

import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * In which subscriptions machines may be changed: the cluster's own, and others that the
 * administrator names. IDs are compared ignoring case. Thread-safe.
 */
public final class AllowedSubscriptions implements Predicate<String> {
  private final Supplier<CloudConfig> config;
  private final Set<String> others;

  /**
   * The cluster's own and others.
   *
   * @param config names the cluster's own
   * @param others IDs of further ones; may be empty
   */
  public AllowedSubscriptions(Supplier<CloudConfig> config, Set<String> others) {
    this.config = config;
    this.others =
        others.stream().map(AllowedSubscriptions::folded).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean test(String subscription) {
    String id = folded(subscription);
    return id.equals(folded(config.get().subscriptionId())) || others.contains(id);
  }

  private static String folded(String id) {
    return id.toLowerCase(Locale.ROOT);
  }
}
