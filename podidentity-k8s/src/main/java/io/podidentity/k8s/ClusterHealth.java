package io.podidentity.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.URLUtils;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a program finds at the API server: its own rights, and the time. It needs no right but those
 * that each service account has. It writes nothing; a review of one's own rights is an answer that
 * is not kept.
 */
public final class ClusterHealth {
  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final NamespacedName ONE = new NamespacedName("self", "self");
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final KubernetesClient client;

  /**
   * As whoever has the connection.
   *
   * @param connection it stays the caller's to close
   */
  public ClusterHealth(KubernetesConnection connection) {
    this(connection.client());
  }

  ClusterHealth(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Those of the rights that whoever asks does not have.
   *
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if the API server does not answer
   */
  public List<Right> missing(Collection<Right> rights) {
    return rights.stream().filter(right -> !has(right)).toList();
  }

  /**
   * How far the API server's clock is ahead of that one, to a second or two; negative if behind.
   *
   * @return empty if the API server does not tell its time
   * @throws PodIdentityException with {@code CLUSTER_UNAVAILABLE} if it does not answer
   */
  public Optional<Duration> ahead(Clock clock) {
    URI version = URI.create(URLUtils.join(client.getMasterUrl().toString(), "version"));
    try {
      Instant before = clock.instant();
      HttpResponse<String> answer =
          client
              .getHttpClient()
              .sendAsync(
                  client.getHttpClient().newHttpRequestBuilder().uri(version).build(), String.class)
              .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.ofNullable(answer.header("Date"))
          .map(date -> Duration.between(before, instant(date)));
    } catch (ExecutionException | TimeoutException | DateTimeException e) {
      throw new PodIdentityException(
          ErrorReason.CLUSTER_UNAVAILABLE, "the API server does not tell its time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "interrupted while asking the API server", e);
    }
  }

  private static Instant instant(String date) {
    return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  private boolean has(Right right) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("verb", right.verb());
    attributes.put("group", right.group());
    attributes.put("resource", right.resource());
    attributes.put("namespace", right.namespace());
    attributes.put("name", right.name());
    Map<String, Object> review =
        Map.of(
            "apiVersion",
            "authorization.k8s.io/v1",
            "kind",
            "SelfSubjectAccessReview",
            "spec",
            Map.of("resourceAttributes", attributes));
    try {
      String answer = client.raw(REVIEWS, "POST", review);
      Map<?, ?> reviewed = client.getKubernetesSerialization().unmarshal(answer, Map.class);
      return reviewed.get("status") instanceof Map<?, ?> status
          && Boolean.TRUE.equals(status.get("allowed"));
    } catch (KubernetesClientException e) {
      throw Failures.of(e, "create", "selfsubjectaccessreviews.authorization.k8s.io", ONE);
    }
  }
}
