package io.podidentity.azure.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls with an end: a whole call, its answer's body included, takes a bounded time and memory. The
 * JDK's own time limit ends when the headers have arrived, so that a body that trickles in would
 * hold its caller for ever. Thread-safe.
 */
public final class BoundedCalls {
  private final HttpClient client;
  private final Duration limit;
  private final int maxBytes;

  /**
   * Calls through a client.
   *
   * @param limit how long a call may take; positive
   * @param maxBytes how many bytes an answer's body may have
   */
  public BoundedCalls(HttpClient client, Duration limit, int maxBytes) {
    this.client = requireNonNull(client, "client");
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("limit must be positive");
    }
    this.limit = limit;
    this.maxBytes = maxBytes;
  }

  /**
   * Sends a request and reads its whole answer.
   *
   * @throws HttpTimeoutException if the call did not end within the limit
   * @throws IOException if it failed, or the answer is too long
   * @throws InterruptedException if the thread was interrupted; the call is given up
   */
  public HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> call =
        client.sendAsync(forProxy(request), info -> new BoundedBody(maxBytes));
    try {
      HttpResponse<byte[]> response = call.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (response.body() == null) {
        // So the JDK's client hands on a proxy's 407; it is not the service's answer.
        throw new IOException("the proxy answered " + response.statusCode());
      }
      return response;
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      // Frees the connection of a call that is given up; nothing to do for one that has ended.
      call.cancel(true);
    }
  }

  /**
   * The JDK's client could ask an Authenticator, but then takes a 401 of the service itself for a
   * defect, unless it says how to authenticate, which Entra ID does not. The header is the proxy's
   * alone: the client sends it with CONNECT and not with what follows.
   */
  private HttpRequest forProxy(HttpRequest request) {
    String authorization =
        client.proxy().orElse(null) instanceof ProxySettings settings
            ? settings.authorization(request.uri())
            : null;
    return authorization == null
        ? request
        : HttpRequest.newBuilder(request, (name, value) -> true)
            .setHeader("Proxy-Authorization", authorization)
            .build();
  }
}
