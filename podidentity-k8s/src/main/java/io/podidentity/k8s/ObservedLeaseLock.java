package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that has run out when it has not changed for as long as it lasts, by our own clock: what
 * the holder's clock wrote into it is not compared with ours, which may be minutes apart.
 *
 * <p>Whatever goes wrong with it is a {@link KubernetesClientException}: after any other, fabric8
 * ends the election without a word.
 */
final class ObservedLeaseLock extends LeaseLock {
  private static final Logger log = LoggerFactory.getLogger(ObservedLeaseLock.class);

  private final LastTold told = new LastTold(System::nanoTime);
  private final String namespace;
  private final String name;
  private final Duration duration;
  private final Clock clock;
  private @Nullable String version;
  private ZonedDateTime changed;
  private volatile Instant renewed = Instant.MIN;

  ObservedLeaseLock(
      String namespace, String name, String identity, Duration duration, Clock clock) {
    super(namespace, name, identity);
    this.namespace = namespace;
    this.name = name;
    this.duration = duration;
    this.clock = clock;
    this.changed = now();
  }

  /** When we last began a renewal that succeeded; long ago if we hold it no longer. */
  Instant renewed() {
    return renewed;
  }

  @Override
  public synchronized LeaderElectionRecord get(KubernetesClient client) {
    try {
      return super.get(client);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void create(KubernetesClient client, LeaderElectionRecord record) {
    Instant begun = clock.instant();
    try {
      super.create(client, record);
    } catch (RuntimeException e) {
      throw failed(e);
    }
    renewed = begun;
  }

  @Override
  public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
    Instant begun = clock.instant();
    try {
      super.update(client, record);
    } catch (RuntimeException e) {
      throw failed(e);
    }
    renewed = begun;
  }

  /**
   * Gives the lease up, if it is ours, so that the next one need not wait until it runs out.
   * fabric8 would leave our name in it.
   */
  synchronized void release(KubernetesClient client) {
    renewed = Instant.MIN;
    Lease lease = client.leases().inNamespace(namespace).withName(name).get();
    if (lease == null
        || lease.getSpec() == null
        || !identity().equals(lease.getSpec().getHolderIdentity())) {
      return;
    }
    List<Map<String, Object>> patch =
        List.of(
            operation(
                "test", "/metadata/resourceVersion", lease.getMetadata().getResourceVersion()),
            operation("replace", "/spec/leaseDurationSeconds", 1),
            Map.of("op", "remove", "path", "/spec/holderIdentity"));
    client
        .resource(lease)
        .patch(PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
  }

  @Override
  protected synchronized LeaderElectionRecord toRecord(Lease lease) {
    ObjectMeta meta = lease.getMetadata();
    if (!meta.getResourceVersion().equals(version)) {
      version = meta.getResourceVersion();
      changed = now();
    }
    LeaseSpec spec = lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    Integer seconds = spec.getLeaseDurationSeconds();
    Integer transitions = spec.getLeaseTransitions();
    return new LeaderElectionRecord(
        spec.getHolderIdentity(),
        seconds == null ? duration : Duration.ofSeconds(seconds),
        spec.getAcquireTime() == null ? changed : spec.getAcquireTime(),
        changed,
        transitions == null ? 0 : transitions);
  }

  /** fabric8 says it on each try, with a stack trace, or not at all. */
  private RuntimeException failed(RuntimeException e) {
    RuntimeException failure = KubernetesClientException.launderThrowable(e);
    String problem = Failures.brief(failure);
    if (!isConflict(failure) && told.isNews(problem)) {
      log.warn("cannot get or renew the lease, trying on: lease={} problem={}", name, problem);
    }
    return failure;
  }

  /** That is no failure: another was sooner. */
  private static boolean isConflict(RuntimeException failure) {
    return failure instanceof KubernetesClientException answer
        && answer.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  private ZonedDateTime now() {
    return clock.instant().atZone(ZoneOffset.UTC);
  }

  private static Map<String, Object> operation(String op, String path, Object value) {
    return Map.of("op", op, "path", path, "value", value);
  }
}
