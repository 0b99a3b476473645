package io.podidentity.azure.http;

import java.net.http.HttpClient;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** The JDK's HTTP clients as this module needs them. */
public final class HttpClients {
  /** For making a connection. */
  public static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private HttpClients() {}

  /**
   * For a service of the node itself: never through a proxy, never to another place. HTTP/1.1,
   * because the JDK's client would offer an upgrade to HTTP/2 in plain HTTP.
   */
  public static HttpClient local() {
    return builder().proxy(HttpClient.Builder.NO_PROXY).build();
  }

  /**
   * For a service of the cloud. Redirects are not followed: a token goes where it was meant for.
   */
  public static HttpClient.Builder cloud(SSLContext trust) {
    return builder().sslContext(trust);
  }

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_LIMIT);
  }
}
