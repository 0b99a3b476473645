package io.podidentity.azure.http;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The proxy between this process and the cloud, as programs in Go, and so AAD Pod Identity v1, take
 * it from {@code HTTPS_PROXY} and {@code NO_PROXY}. It is for https only. Immutable.
 *
 * @see <a href="https://pkg.go.dev/golang.org/x/net/http/httpproxy">Go's httpproxy</a>
 */
public final class ProxySettings extends ProxySelector {
  private static final int DEFAULT_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Proxy proxy;
  private final NoProxy direct;
  private final @Nullable String authorization;

  private ProxySettings(URI proxy, NoProxy direct) {
    int port = proxy.getPort() == -1 ? DEFAULT_PORT : proxy.getPort();
    this.proxy =
        new Proxy(
            Proxy.Type.HTTP,
            InetSocketAddress.createUnresolved(requireNonNull(proxy.getHost()), port));
    this.direct = direct;
    String user = proxy.getUserInfo();
    this.authorization =
        user == null
            ? null
            : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the variables, in capitals or else in small letters.
   *
   * @param environment a variable's value, or null
   * @return empty if there is no proxy
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if the proxy is not of the form
   *     {@code http://USER:PASSWORD@HOST:PORT}, of which only the host must be there
   */
  public static Optional<ProxySettings> fromEnvironment(
      UnaryOperator<@Nullable String> environment) {
    String proxy = variable(environment, "HTTPS_PROXY");
    return proxy.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ProxySettings(parse(proxy), NoProxy.parse(variable(environment, "NO_PROXY"))));
  }

  @Override
  public List<Proxy> select(URI target) {
    return List.of(isProxied(target) ? proxy : Proxy.NO_PROXY);
  }

  /** Nothing to be done: there is one proxy, and no other way. */
  @Override
  public void connectFailed(URI target, SocketAddress address, IOException problem) {}

  /** What the proxy is to be told on the way to a target; null if there is no need. */
  @Nullable String authorization(URI target) {
    return isProxied(target) ? authorization : null;
  }

  private boolean isProxied(URI target) {
    return "https".equalsIgnoreCase(target.getScheme())
        && target.getHost() != null
        && !direct.includes(
            target.getHost(), target.getPort() == -1 ? HTTPS_PORT : target.getPort());
  }

  private static String variable(UnaryOperator<@Nullable String> environment, String name) {
    String value = environment.apply(name);
    if (value == null || value.isEmpty()) {
      value = environment.apply(name.toLowerCase(Locale.ROOT));
    }
    return value == null ? "" : value.strip();
  }

  private static URI parse(String text) {
    try {
      URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
      if ("http".equalsIgnoreCase(proxy.getScheme()) && proxy.getHost() != null) {
        return proxy;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the text: it may hold a password.
    }
    throw new PodIdentityException(
        ErrorReason.CONFIGURATION_INVALID,
        "HTTPS_PROXY must be of the form http://HOST:PORT, with USER:PASSWORD@ before the host if"
            + " need be; other kinds of proxies are not supported");
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return "ProxySettings[" + proxy.address() + "]";
  }
}
