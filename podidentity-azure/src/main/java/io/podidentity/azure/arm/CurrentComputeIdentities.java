package io.podidentity.azure.arm;

import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.azure.config.CloudConfig;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks as whoever the configuration says at the moment. A changed one brings a new credential, so
 * that no token of the old one is used. Thread-safe.
 */
final class CurrentComputeIdentities implements ComputeIdentities {
  private final Supplier<CloudConfig> config;
  private final Function<CloudConfig, ComputeIdentities> make;
  private @Nullable CloudConfig known;
  private @Nullable ComputeIdentities made;

  CurrentComputeIdentities(
      Supplier<CloudConfig> config, Function<CloudConfig, ComputeIdentities> make) {
    this.config = config;
    this.make = make;
    // What cannot be used is found at the start.
    current();
  }

  @Override
  public TargetIdentities read(ComputeTarget target) {
    return current().read(target);
  }

  @Override
  public TargetIdentities update(
      ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
    return current().update(target, attach, detach);
  }

  private synchronized ComputeIdentities current() {
    CloudConfig now = config.get();
    ComputeIdentities current = made;
    if (current == null || !now.equals(known)) {
      current = make.apply(now);
      made = current;
      known = now;
    }
    return current;
  }
}
