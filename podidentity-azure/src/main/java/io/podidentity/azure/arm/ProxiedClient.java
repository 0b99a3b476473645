package io.podidentity.azure.arm;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tells a proxy who asks. The header is the proxy's alone: the JDK's client sends it with CONNECT
 * and not with what follows.
 */
final class ProxiedClient implements HttpClient {
  private final HttpClient client;
  private final Function<URI, @Nullable String> authorization;

  /**
   * A client.
   *
   * @param authorization what the proxy is to be told on the way to a URL; null if nothing
   */
  ProxiedClient(HttpClient client, Function<URI, @Nullable String> authorization) {
    this.client = client;
    this.authorization = authorization;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return send(request, Context.NONE);
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request, Context context) {
    String told = authorization.apply(URI.create(request.getUrl().toString()));
    if (told != null) {
      request.setHeader(HttpHeaderName.PROXY_AUTHORIZATION, told);
    }
    return client.send(request, context);
  }
}
