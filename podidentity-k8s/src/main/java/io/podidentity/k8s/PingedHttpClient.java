package io.podidentity.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's client, with WebSockets that notice when their pings are not answered: see {@link
 * PingedWebSocket}. fabric8 sends pings, and looks at no answer. It also logs when the server goes
 * away and when it is back: see {@link ServerContact}. Long answers come compressed: see {@link
 * Gunzip}. Where WebSockets cannot be had, watches do without: see {@link PlainWatches}.
 */
final class PingedHttpClient extends HttpClient {
  /** fabric8's factory for the JDK's client, with this one in its place. */
  static final class Factory extends JdkHttpClientFactory {
    private final Duration ping;
    private final Duration handshake;
    private final WatchSockets sockets;

    /**
     * A factory.
     *
     * @param ping between two pings of a WebSocket
     * @param handshake which a WebSocket's may take; longer than a connection
     * @param sockets is told of the WebSockets of all of its clients
     */
    Factory(Duration ping, Duration handshake, WatchSockets sockets) {
      this.ping = ping;
      this.handshake = handshake;
      this.sockets = sockets;
    }

    Duration ping() {
      return ping;
    }

    @Override
    public io.fabric8.kubernetes.client.http.HttpClient.Builder newBuilder(Config config) {
      // fabric8 makes another client on the thread of a request whose token is to be renewed: none
      // may take for the configuration's what is set here for a moment.
      synchronized (config) {
        TrustManager @Nullable [] trusted = ClusterAuthority.trustManagers(config);
        return trusted == null ? super.newBuilder(config) : trusting(trusted, config);
      }
    }

    private io.fabric8.kubernetes.client.http.HttpClient.Builder trusting(
        TrustManager[] trusted, Config config) {
      // Or else fabric8 reads the JDK's authorities, to trust them too. What it makes instead is
      // replaced before there is a client.
      config.setTrustCerts(true);
      try {
        var builder = (StandardHttpClientBuilder<?, ?, ?>) super.newBuilder(config);
        builder.sslContext(builder.getKeyManagers(), trusted);
        return builder;
      } finally {
        config.setTrustCerts(false);
      }
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
      return new Builder(super.createNewHttpClientBuilder(), this);
    }
  }

  private final HttpClient client;
  private final Duration handshake;
  private final PlainWatches plain;
  private final ServerContact contact = new ServerContact();
  private final WatchSockets sockets;

  private PingedHttpClient(HttpClient client, Factory factory) {
    this.client = client;
    this.handshake = factory.handshake;
    this.plain = new PlainWatches(factory.ping);
    this.sockets = factory.sockets;
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new PingedWebSocketBuilder(client, plain, handshake, contact, sockets);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    try {
      HttpResponse<T> response = client.send(Gunzip.accepting(request), Gunzip.before(handler));
      contact.requestEnded(null);
      return response;
    } catch (IOException e) {
      contact.requestEnded(e);
      throw e;
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return watched(client.sendAsync(Gunzip.accepting(request), Gunzip.before(handler)));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushes) {
    return watched(client.sendAsync(Gunzip.accepting(request), Gunzip.before(handler), pushes));
  }

  /** The same future, which whoever has it may cancel. */
  private <T> CompletableFuture<T> watched(CompletableFuture<T> response) {
    var unused = response.whenComplete((any, error) -> contact.requestEnded(error));
    return response;
  }

  /** The JDK's builder, until it builds. */
  private static final class Builder implements HttpClient.Builder {
    private final HttpClient.Builder builder;
    private final Factory factory;

    Builder(HttpClient.Builder builder, Factory factory) {
      this.builder = builder;
      this.factory = factory;
    }

    @Override
    public HttpClient build() {
      return new PingedHttpClient(builder.build(), factory);
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler cookieHandler) {
      builder.cookieHandler(cookieHandler);
      return this;
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
      builder.connectTimeout(duration);
      return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext sslContext) {
      builder.sslContext(sslContext);
      return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters sslParameters) {
      builder.sslParameters(sslParameters);
      return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
      builder.executor(executor);
      return this;
    }

    @Override
    public HttpClient.Builder followRedirects(Redirect policy) {
      builder.followRedirects(policy);
      return this;
    }

    @Override
    public HttpClient.Builder version(Version version) {
      builder.version(version);
      return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
      builder.priority(priority);
      return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector proxySelector) {
      builder.proxy(proxySelector);
      return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
      builder.authenticator(authenticator);
      return this;
    }
  }
}
