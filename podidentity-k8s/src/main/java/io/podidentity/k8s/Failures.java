package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.NamespacedName;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the API server's refusals into the libraries' one exception. */
final class Failures {
  /** The API server's answer to an object, or a patch of it, that does not fit. */
  static final int UNPROCESSABLE = 422;

  private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

  private Failures() {}

  /**
   * What a call that failed means.
   *
   * @param verb as RBAC names it
   * @param resource as RBAC names it, with its group
   */
  static PodIdentityException of(
      KubernetesClientException failure, String verb, String resource, NamespacedName name) {
    String doing = "%s %s %s".formatted(verb, resource, name);
    if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
      return conflict(doing, "another has changed it (status 409)", failure);
    }
    return new PodIdentityException(
        ErrorReason.CLUSTER_UNAVAILABLE,
        doing + ": " + problem(failure, verb, resource, name),
        retryAfter(failure),
        failure);
  }

  static PodIdentityException conflict(
      String doing, String problem, @Nullable KubernetesClientException cause) {
    return new PodIdentityException(
        ErrorReason.CLUSTER_CONFLICT,
        doing + ": " + problem + "; the next pass looks again",
        null,
        cause);
  }

  private static String problem(
      KubernetesClientException failure, String verb, String resource, NamespacedName name) {
    return switch (failure.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          "the API server does not accept the service account's token (status 401)";
      case HttpURLConnection.HTTP_FORBIDDEN ->
          isNamespaceTerminating(failure)
              ? "the namespace %s is being deleted (status 403)".formatted(name.namespace())
              : "not permitted (status 403); grant %s on %s, as deploy/rbac does"
                  .formatted(verb, resource);
      case HttpURLConnection.HTTP_NOT_FOUND ->
          "the namespace or the resource is not there (status 404); is deploy/crds applied?";
      case UNPROCESSABLE -> "the API server finds the object invalid (status 422)";
      default -> brief(failure);
    };
  }

  /** The status of the answer; 0 if there was none. */
  static int status(Throwable error) {
    return error instanceof KubernetesClientException failure
        ? Math.max(failure.getCode(), 0)
        : error instanceof PodIdentityException && error.getCause() != null
            ? status(error.getCause())
            : 0;
  }

  /** What went wrong, in a few words and without what the API server wrote. */
  static String brief(RuntimeException error) {
    return error instanceof KubernetesClientException failure && failure.getCode() > 0
        ? "the API server answered with status " + failure.getCode()
        : "the API server cannot be reached: " + rootMessage(error);
  }

  /** The innermost message: the outer ones name the URL again and again. */
  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private static boolean isNamespaceTerminating(KubernetesClientException failure) {
    StatusDetails details = details(failure);
    List<StatusCause> causes =
        details == null || details.getCauses() == null ? List.of() : details.getCauses();
    return causes.stream().anyMatch(cause -> NAMESPACE_TERMINATING.equals(cause.getReason()));
  }

  static @Nullable Duration retryAfter(KubernetesClientException failure) {
    StatusDetails details = details(failure);
    Integer seconds = details == null ? null : details.getRetryAfterSeconds();
    return seconds == null || seconds <= 0 ? null : Duration.ofSeconds(seconds);
  }

  private static @Nullable StatusDetails details(KubernetesClientException failure) {
    Status status = failure.getStatus();
    return status == null ? null : status.getDetails();
  }
}
