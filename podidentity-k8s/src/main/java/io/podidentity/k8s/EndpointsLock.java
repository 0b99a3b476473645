package io.podidentity.k8s;

import static io.podidentity.k8s.Metadata.orEmpty;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An {@code Endpoints} object without addresses, with the leader in an annotation: the lock of AAD
 * Pod Identity v1, in the form of the client-go that it was built with.
 *
 * @see <a
 *     href="https://github.com/kubernetes/client-go/blob/v0.22.0/tools/leaderelection/resourcelock/interface.go">client-go's
 *     {@code LeaderElectionRecord}</a>
 */
final class EndpointsLock implements LockKind<Endpoints> {
  /** client-go's {@code LeaderElectionRecordAnnotationKey}. */
  static final String ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

  /** Whose record cannot be read may still be at work. */
  private static final String UNREADABLE = "(unreadable)";

  private final KubernetesSerialization json;

  EndpointsLock(KubernetesSerialization json) {
    this.json = json;
  }

  @Override
  public Class<Endpoints> type() {
    return Endpoints.class;
  }

  @Override
  public String resource() {
    return "endpoints";
  }

  @Override
  public Endpoints empty(ObjectMeta meta) {
    Endpoints endpoints = new Endpoints();
    endpoints.setMetadata(meta);
    return endpoints;
  }

  @Override
  public LeaderRecord read(Endpoints endpoints, Instant seen, Duration duration) {
    String text = orEmpty(Metadata.of(endpoints).annotation(ANNOTATION));
    if (text.isEmpty()) {
      return new LeaderRecord("", duration, seen, seen, 0);
    }
    try {
      Map<?, ?> members = json.unmarshal(text, Map.class);
      return new LeaderRecord(
          members.get("holderIdentity") instanceof String holder ? holder : "",
          members.get("leaseDurationSeconds") instanceof Number seconds
              ? Duration.ofSeconds(seconds.longValue())
              : duration,
          instant(members.get("acquireTime"), seen),
          instant(members.get("renewTime"), seen),
          members.get("leaderTransitions") instanceof Number transitions
              ? transitions.intValue()
              : 0);
    } catch (RuntimeException e) {
      return new LeaderRecord(UNREADABLE, duration, seen, seen, 0);
    }
  }

  @Override
  public void write(Endpoints endpoints, LeaderRecord record) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("holderIdentity", record.holder());
    members.put("leaseDurationSeconds", record.duration().toSeconds());
    // Go's metav1.Time has whole seconds.
    members.put("acquireTime", record.acquired().truncatedTo(ChronoUnit.SECONDS).toString());
    members.put("renewTime", record.renewed().truncatedTo(ChronoUnit.SECONDS).toString());
    members.put("leaderTransitions", record.transitions());
    ObjectMeta meta = endpoints.getMetadata();
    Map<String, String> annotations = new HashMap<>();
    if (meta.getAnnotations() != null) {
      annotations.putAll(meta.getAnnotations());
    }
    annotations.put(ANNOTATION, json.asJson(members));
    meta.setAnnotations(annotations);
  }

  private static Instant instant(@Nullable Object text, Instant fallback) {
    try {
      return text == null ? fallback : Instant.parse(text.toString());
    } catch (DateTimeException e) {
      return fallback;
    }
  }
}
