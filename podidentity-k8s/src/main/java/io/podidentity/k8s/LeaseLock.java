package io.podidentity.k8s;

import static io.podidentity.k8s.Metadata.orEmpty;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** A {@code Lease}, as client-go's {@code LeaseLock} writes it. */
final class LeaseLock implements LockKind<Lease> {
  @Override
  public Class<Lease> type() {
    return Lease.class;
  }

  @Override
  public String resource() {
    return "leases.coordination.k8s.io";
  }

  @Override
  public Lease empty(ObjectMeta meta) {
    Lease lease = new Lease();
    lease.setMetadata(meta);
    return lease;
  }

  @Override
  public LeaderRecord read(Lease lease, Instant seen, Duration duration) {
    LeaseSpec spec = lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    Integer seconds = spec.getLeaseDurationSeconds();
    Integer transitions = spec.getLeaseTransitions();
    return new LeaderRecord(
        orEmpty(spec.getHolderIdentity()),
        seconds == null ? duration : Duration.ofSeconds(seconds),
        instant(spec.getAcquireTime(), seen),
        instant(spec.getRenewTime(), seen),
        transitions == null ? 0 : transitions);
  }

  @Override
  public void write(Lease lease, LeaderRecord record) {
    LeaseSpec spec = lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    lease.setSpec(spec);
    // No name at all: the API server takes no empty one.
    spec.setHolderIdentity(record.holder().isEmpty() ? null : record.holder());
    spec.setLeaseDurationSeconds(Math.toIntExact(record.duration().toSeconds()));
    spec.setAcquireTime(record.acquired().atZone(ZoneOffset.UTC));
    spec.setRenewTime(record.renewed().atZone(ZoneOffset.UTC));
    spec.setLeaseTransitions(record.transitions());
  }

  private static Instant instant(@Nullable ZonedDateTime time, Instant fallback) {
    return time == null ? fallback : time.toInstant();
  }
}
