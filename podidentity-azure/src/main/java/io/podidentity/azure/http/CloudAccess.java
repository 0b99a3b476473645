package io.podidentity.azure.http;

import io.podidentity.azure.config.CertificateAuthorities;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How this process reaches the cloud's services, which are not on the node: through which proxy,
 * and whom it trusts.
 *
 * @param proxy null for the JVM's own setting, which is none unless it is told
 * @param caBundle certificates to trust besides the JDK's; null for none
 * @param caFolders folders with more of them; may be empty
 */
public record CloudAccess(
    @Nullable ProxySettings proxy, @Nullable Path caBundle, List<Path> caFolders) {
  /** Without a proxy, trusting what the JDK trusts. */
  public static final CloudAccess DEFAULT = new CloudAccess(null, null, List.of());

  /** Copies the list. */
  public CloudAccess {
    caFolders = List.copyOf(caFolders);
  }

  /**
   * As the environment says: {@code HTTPS_PROXY}, {@code NO_PROXY}, {@code SSL_CERT_FILE}, and
   * {@code SSL_CERT_DIR}, which may name several folders with colons between them.
   *
   * @param environment a variable's value, or null
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if the proxy
   *     cannot be used
   */
  public static CloudAccess fromEnvironment(UnaryOperator<@Nullable String> environment) {
    String bundle = environment.apply("SSL_CERT_FILE");
    String folders = environment.apply("SSL_CERT_DIR");
    return new CloudAccess(
        ProxySettings.fromEnvironment(environment).orElse(null),
        bundle == null || bundle.isEmpty() ? null : Path.of(bundle),
        Arrays.stream(folders == null ? new String[0] : folders.split(":", -1))
            .filter(folder -> !folder.isEmpty())
            .map(Path::of)
            .toList());
  }

  /**
   * Clients of the cloud.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if a
   *     certificate cannot be read
   */
  public HttpClient.Builder newClient() {
    return newClient(CertificateAuthorities.trusting(caBundle, caFolders));
  }

  /**
   * One client of the cloud, made when it is first needed: to read the JDK's certificates takes
   * time and memory, which a node without service principals need not spend. Certificates that it
   * was told of are read at once, so that a mistake is found at the start.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code CONFIGURATION_INVALID} if one of
   *     those cannot be read
   */
  public Supplier<HttpClient> client() {
    if (caBundle == null && caFolders.isEmpty()) {
      return new Lazy<>(() -> newClient().build());
    }
    SSLContext trust = CertificateAuthorities.trusting(caBundle, caFolders);
    return new Lazy<>(() -> newClient(trust).build());
  }

  /** What the proxy is to be told on the way to a URL; null if there is nothing to tell it. */
  public @Nullable String proxyAuthorization(URI url) {
    return proxy == null ? null : proxy.authorization(url);
  }

  private HttpClient.Builder newClient(SSLContext trust) {
    HttpClient.Builder builder = HttpClients.cloud(trust);
    return proxy == null ? builder : builder.proxy(proxy);
  }
}
