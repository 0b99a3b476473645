package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The token endpoint, both versions, for client credentials.
 *
 * <p>Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * and https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/
 * v1-oauth2-client-creds-grant-flow.
 */
final class EntraTokenHandler {
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final String DEFAULT_SCOPE = "/.default";
  private static final Set<String> OPENID_SCOPES = Set.of("openid", "profile", "offline_access");

  private final FakeAzure azure;

  EntraTokenHandler(FakeAzure azure) {
    this.azure = azure;
  }

  /**
   * Answers one request for a token.
   *
   * @param application the one named in the request, if the tenant has it
   * @param endpoint the URL that was posted to
   */
  Reply answer(
      RecordedRequest request,
      boolean version2,
      String tenant,
      Optional<EntraApplication> application,
      String endpoint,
      Duration lifetime) {
    Map<String, List<String>> form = request.formFields();
    String grant = required(form, "grant_type");
    if (!grant.equals("client_credentials")) {
      throw new EntraException(EntraError.unsupportedGrant(grant));
    }
    String clientId = required(form, "client_id");
    EntraApplication known =
        application.orElseThrow(
            () -> new EntraException(EntraError.unknownApplication(clientId, tenant)));
    authenticate(form, known, endpoint);
    String audience = version2 ? audienceOf(required(form, "scope")) : required(form, "resource");
    if (azure.isResourceRejected(audience)) {
      throw new EntraException(EntraError.unknownResource(audience, tenant));
    }
    FakeTokens.Issued issued =
        azure
            .tokens()
            .issue(
                new FakeTokens.Subject(known.clientId(), known.principalId(), null),
                audience,
                lifetime);
    return version2 ? success2(issued, lifetime) : success1(issued, lifetime);
  }

  private void authenticate(
      Map<String, List<String>> form, EntraApplication application, String endpoint) {
    Optional<String> secret = field(form, "client_secret");
    Optional<String> assertion = field(form, "client_assertion");
    if (assertion.isPresent()) {
      if (!field(form, "client_assertion_type").equals(Optional.of(ASSERTION_TYPE))) {
        throw new EntraException(EntraError.missingField("client_assertion_type"));
      }
      ClientAssertion.parse(assertion.get()).check(application, endpoint, azure.clock().instant());
    } else if (secret.isEmpty()) {
      throw new EntraException(EntraError.noCredential());
    } else if (!application.secrets().contains(secret.get())) {
      throw new EntraException(EntraError.wrongSecret(application.clientId()));
    }
  }

  /** MSAL sends the OpenID scopes along, which mean nothing here. */
  private static String audienceOf(String scope) {
    List<String> resources =
        Arrays.stream(scope.split(" ", -1))
            .filter(one -> !one.isEmpty() && !OPENID_SCOPES.contains(one))
            .toList();
    if (resources.size() != 1 || !resources.get(0).endsWith(DEFAULT_SCOPE)) {
      throw new EntraException(EntraError.scopeWithoutDefault(scope));
    }
    return resources.get(0).substring(0, resources.get(0).length() - DEFAULT_SCOPE.length());
  }

  /** Numbers are numbers. */
  private static Reply success2(FakeTokens.Issued issued, Duration lifetime) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("token_type", "Bearer");
    body.put("expires_in", lifetime.toSeconds());
    body.put("ext_expires_in", lifetime.toSeconds());
    body.put("access_token", issued.token());
    return Reply.json(200, body);
  }

  /** Numbers are strings. */
  private static Reply success1(FakeTokens.Issued issued, Duration lifetime) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("token_type", "Bearer");
    body.put("expires_in", Long.toString(lifetime.toSeconds()));
    body.put("ext_expires_in", Long.toString(lifetime.toSeconds()));
    body.put("expires_on", Long.toString(issued.expiresOn().getEpochSecond()));
    body.put("not_before", Long.toString(issued.notBefore().getEpochSecond()));
    body.put("resource", issued.audience());
    body.put("access_token", issued.token());
    return Reply.json(200, body);
  }

  private static String required(Map<String, List<String>> form, String name) {
    return field(form, name).orElseThrow(() -> new EntraException(EntraError.missingField(name)));
  }

  private static Optional<String> field(Map<String, List<String>> form, String name) {
    return form.getOrDefault(name, List.of()).stream()
        .filter(value -> !value.isEmpty())
        .findFirst();
  }
}
