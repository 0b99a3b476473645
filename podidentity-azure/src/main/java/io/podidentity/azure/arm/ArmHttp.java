package io.podidentity.azure.arm;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.util.Context;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.WriteGuard;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Sends single requests to Resource Manager through azure-core's pipeline. The pipeline has no
 * retry policy: azure-core's would repeat a throttled PATCH by itself, three times, and sleep in
 * between. Thread-safe.
 */
final class ArmHttp {
  /** azure-core then hands out an answer when its body is complete. */
  private static final Context WHOLE = new Context("azure-eagerly-read-response", true);

  private static final int HTTPS = 443;

  private final URI endpoint;
  private final HttpPipeline pipeline;
  private final KeptToken token;
  private final Duration limit;

  ArmHttp(URI endpoint, HttpClient client, String userAgent, KeptToken token, Duration limit) {
    this.endpoint = endpoint;
    this.pipeline =
        new HttpPipelineBuilder()
            .httpClient(client)
            .policies(new UserAgentPolicy(userAgent))
            .build();
    this.token = token;
    this.limit = limit;
  }

  /**
   * Sends a request and waits for the answer, whatever its status.
   *
   * @throws PodIdentityException with {@code TARGET_UNAVAILABLE} if there is no answer
   */
  ArmAnswer send(ArmCall call) {
    return send(call, WriteGuard.NONE);
  }

  /**
   * The same.
   *
   * @param guard asked when all else is ready: the token may have taken its time
   */
  ArmAnswer send(ArmCall call, WriteGuard guard) {
    if (!isOurs(call.url())) {
      throw new IllegalArgumentException(
          "a token for Resource Manager goes to it and nowhere else");
    }
    String bearer = token.value();
    guard.check();
    ArmAnswer answer = exchange(call, bearer);
    if (answer.status() == 401) {
      token.refused(bearer);
    }
    return answer;
  }

  /** Whether a URL is one of Resource Manager's, which may be asked through its regions too. */
  boolean isOurs(URI url) {
    if (!"https".equalsIgnoreCase(url.getScheme())
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || port(url) != port(endpoint)) {
      return false;
    }
    String host = url.getHost().toLowerCase(Locale.ROOT);
    String own = endpoint.getHost().toLowerCase(Locale.ROOT);
    return host.equals(own) || host.endsWith("." + own);
  }

  /** One of the two may name the port that is meant without a word. */
  private static int port(URI url) {
    return url.getPort() == -1 ? HTTPS : url.getPort();
  }

  private ArmAnswer exchange(ArmCall call, String bearer) {
    CompletableFuture<ArmAnswer> pending =
        pipeline.send(request(call, bearer), WHOLE).flatMap(ArmHttp::whole).toFuture();
    try {
      return pending.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw unavailable(call, late(), null);
    } catch (ExecutionException e) {
      throw unavailable(call, problem(e.getCause()), ioCause(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "gave up to " + call.doing(), e);
    }
    // Not cancelled when it is given up: Reactor would log that as an error of its own. The
    // client's
    // time limits end it.
  }

  private static HttpRequest request(ArmCall call, String bearer) {
    try {
      HttpRequest request =
          new HttpRequest(call.method(), call.url().toURL())
              .setHeader(HttpHeaderName.AUTHORIZATION, "Bearer " + bearer)
              .setHeader(HttpHeaderName.ACCEPT, "application/json");
      if (call.body() != null) {
        request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json").setBody(call.body());
      }
      if (call.ifMatch() != null) {
        request.setHeader(HttpHeaderName.IF_MATCH, call.ifMatch());
      }
      return request;
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a URL", e);
    }
  }

  private static Mono<ArmAnswer> whole(HttpResponse response) {
    return response
        .getBodyAsByteArray()
        .defaultIfEmpty(new byte[0])
        .map(body -> new ArmAnswer(response.getStatusCode(), response.getHeaders(), body));
  }

  private PodIdentityException unavailable(
      ArmCall call, String problem, @Nullable Throwable cause) {
    return new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        "cannot %s: Azure Resource Manager at %s: %s".formatted(call.doing(), endpoint, problem),
        null,
        cause);
  }

  private String problem(@Nullable Throwable failure) {
    if (failure instanceof HttpTimeoutException) {
      return late();
    }
    if (failure instanceof SSLException) {
      return "its certificate is not trusted, or TLS failed otherwise; for a cloud with a certificate"
          + " authority of its own, name its file in SSL_CERT_FILE";
    }
    return "the connection failed"
        + (failure == null ? "" : " (" + failure.getClass().getSimpleName() + ")");
  }

  private String late() {
    return "it did not answer within %d ms".formatted(limit.toMillis());
  }

  /** Others than those of the network are not passed on: their messages may hold a body. */
  private static @Nullable Throwable ioCause(ExecutionException e) {
    return e.getCause() instanceof IOException io ? io : null;
  }
}
