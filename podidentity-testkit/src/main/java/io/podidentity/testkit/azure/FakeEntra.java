package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * Entra ID, over HTTPS: tokens for service principals by secret, certificate or another issuer's
 * token, at {@code /TENANT/oauth2/v2.0/token} and {@code /TENANT/oauth2/token}. MSAL4J without
 * instance discovery asks nothing else; the discovery documents are there for clients that do.
 */
public final class FakeEntra extends AzureEndpoint {
  private static final Pattern TOKEN =
      Pattern.compile("/([^/]+)/oauth2/(v2\\.0/)?token", Pattern.CASE_INSENSITIVE);
  private static final Pattern DISCOVERY =
      Pattern.compile(
          "/([^/]+)/(v2\\.0/)?\\.well-known/openid-configuration", Pattern.CASE_INSENSITIVE);

  private final FakeAzure azure;
  private final EntraTokenHandler tokens;
  private final Set<String> tenants = ConcurrentHashMap.newKeySet();
  private final Map<String, EntraApplication> applications = new ConcurrentHashMap<>();
  private final SimulatorServer server;
  private volatile Duration lifetime = Duration.ofSeconds(3599);

  private FakeEntra(FakeAzure azure, InetSocketAddress address, SSLContext tls) {
    this.azure = requireNonNull(azure, "azure");
    this.tokens = new EntraTokenHandler(azure);
    tenants.add(fold(azure.tenantId()));
    this.server =
        SimulatorServer.start(
            "fake-entra",
            address,
            requireNonNull(tls, "tls"),
            azure.clock(),
            request -> CompletableFuture.completedFuture(answer(request)));
  }

  /**
   * Starts one that knows {@code azure}'s tenant and no application yet.
   *
   * @param address where to listen; port 0 takes a free one
   * @param tls the certificate to show
   */
  public static FakeEntra start(FakeAzure azure, InetSocketAddress address, SSLContext tls) {
    return new FakeEntra(azure, address, tls);
  }

  /** Adds an application, or replaces the one of the same tenant and ID; makes the tenant known. */
  public void register(EntraApplication application) {
    tenants.add(fold(application.tenantId()));
    applications.put(key(application.tenantId(), application.clientId()), application);
  }

  /** Forgets an application; returns whether it was there. */
  public boolean unregister(String tenantId, String clientId) {
    return applications.remove(key(tenantId, clientId)) != null;
  }

  /** All applications, in no particular order. */
  public List<EntraApplication> applications() {
    return List.copyOf(applications.values());
  }

  /** How long its next tokens are valid; 3599 seconds unless told. */
  public void tokenLifetime(Duration newLifetime) {
    if (newLifetime.isNegative() || newLifetime.isZero()) {
      throw new IllegalArgumentException("lifetime must be positive: " + newLifetime);
    }
    lifetime = newLifetime;
  }

  /** Answers the next {@code times} requests 429, with {@code Retry-After}. */
  public void throttle(int times, Duration retryAfter) {
    Reply refusal =
        EntraError.throttled()
            .reply(azure.clock().instant(), uri().toString(), UUID.randomUUID().toString());
    faults().next(times, Fault.reply(refusal.retryAfter(retryAfter)));
  }

  @Override
  SimulatorServer server() {
    return server;
  }

  /** Clients match answers to requests by the ID that they sent. */
  private Reply answer(RecordedRequest request) {
    String correlation =
        request.header("client-request-id").orElseGet(() -> UUID.randomUUID().toString());
    return route(request, correlation).with("client-request-id", correlation);
  }

  private Reply route(RecordedRequest request, String correlation) {
    String authority = "https://" + request.header("Host").orElse("localhost");
    try {
      Matcher token = TOKEN.matcher(request.path());
      if (token.matches()) {
        return token(request, knownTenant(token.group(1)), token.group(2) != null, authority);
      }
      Matcher discovery = DISCOVERY.matcher(request.path());
      if (discovery.matches()) {
        String tenant = knownTenant(discovery.group(1));
        return Reply.json(200, discoveryDocument(authority, tenant));
      }
      return Reply.text(404, "The resource you are looking for has been removed.");
    } catch (EntraException refused) {
      return refused.error().reply(azure.clock().instant(), authority, correlation);
    }
  }

  private Reply token(RecordedRequest request, String tenant, boolean version2, String authority) {
    if (!request.method().equals("POST")) {
      throw new EntraException(
          new EntraError(
              400,
              "invalid_request",
              900561,
              "The endpoint only accepts POST requests. Received a "
                  + request.method()
                  + " request."));
    }
    Optional<EntraApplication> application =
        request.formFields().getOrDefault("client_id", List.of()).stream()
            .findFirst()
            .flatMap(id -> Optional.ofNullable(applications.get(key(tenant, id))));
    return tokens.answer(
        request, version2, tenant, application, authority + request.path(), lifetime);
  }

  private String knownTenant(String tenant) {
    if (!tenants.contains(fold(tenant))) {
      throw new EntraException(EntraError.unknownTenant(tenant));
    }
    return tenant;
  }

  private static Map<String, Object> discoveryDocument(String authority, String tenant) {
    String base = authority + "/" + tenant;
    return Map.of(
        "issuer", base + "/v2.0",
        "authorization_endpoint", base + "/oauth2/v2.0/authorize",
        "token_endpoint", base + "/oauth2/v2.0/token",
        "jwks_uri", base + "/discovery/v2.0/keys");
  }

  private static String key(String tenantId, String clientId) {
    return fold(tenantId) + "/" + fold(clientId);
  }

  private static String fold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
