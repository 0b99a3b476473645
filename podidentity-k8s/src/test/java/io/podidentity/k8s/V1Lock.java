package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A MIC of v1 as far as its lock goes: {@code tryAcquireOrRenew} of client-go v0.22's
 * leaderelection.go over its EndpointsLock, step by step.
 *
 * @see <a
 *     href="https://github.com/kubernetes/client-go/blob/v0.22.0/tools/leaderelection/leaderelection.go">leaderelection.go</a>
 */
final class V1Lock {
  private final KubernetesClient client;
  private final String identity;
  private final Duration duration;
  private String observed = "";
  private long observedAt;

  V1Lock(KubernetesClient client, String identity, Duration duration) {
    this.client = client;
    this.identity = identity;
    this.duration = duration;
  }

  /** Whether it leads after this. */
  boolean tryAcquireOrRenew() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Endpoints found =
        client.endpoints().inNamespace("default").withName(LeaderElection.DEFAULT_NAME).get();
    try {
      if (found == null) {
        client
            .resource(
                new EndpointsBuilder()
                    .withNewMetadata()
                    .withNamespace("default")
                    .withName(LeaderElection.DEFAULT_NAME)
                    .addToAnnotations(EndpointsLock.ANNOTATION, record(now, now, 0))
                    .endMetadata()
                    .build())
            .create();
        return true;
      }
      String raw = found.getMetadata().getAnnotations().get(EndpointsLock.ANNOTATION);
      Map<?, ?> old = client.getKubernetesSerialization().unmarshal(raw, Map.class);
      if (!raw.equals(observed)) {
        observed = raw;
        observedAt = System.nanoTime();
      }
      String holder = (String) old.get("holderIdentity");
      boolean ours = holder.equals(identity);
      if (!holder.isEmpty() && !ours && System.nanoTime() - observedAt < duration.toNanos()) {
        return false;
      }
      int transitions = ((Number) old.get("leaderTransitions")).intValue();
      Instant acquired = ours ? Instant.parse((String) old.get("acquireTime")) : now;
      found
          .getMetadata()
          .getAnnotations()
          .put(
              EndpointsLock.ANNOTATION,
              record(acquired, now, ours ? transitions : transitions + 1));
      client.resource(found).update();
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private String record(Instant acquired, Instant renewed, int transitions) {
    return ("{\"holderIdentity\":\"%s\",\"leaseDurationSeconds\":%d,\"acquireTime\":\"%s\","
            + "\"renewTime\":\"%s\",\"leaderTransitions\":%d}")
        .formatted(identity, duration.toSeconds(), acquired, renewed, transitions);
  }
}
