package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Reply;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An error of the token endpoint. Immutable.
 *
 * <p>Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow,
 * "Error response", and https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
 *
 * @param status the HTTP status
 * @param error OAuth's word, for example {@code invalid_client}
 * @param code the number behind {@code AADSTS}
 * @param text the sentence behind it
 */
record EntraError(int status, String error, int code, String text) {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  static EntraError unknownTenant(String tenant) {
    return new EntraError(
        400,
        "invalid_request",
        90002,
        "Tenant '"
            + tenant
            + "' not found. Check to make sure you have the correct tenant ID and are signing into"
            + " the correct cloud. Check with your subscription administrator, this may happen if"
            + " there are no active subscriptions for the tenant.");
  }

  static EntraError unknownApplication(String clientId, String tenant) {
    return new EntraError(
        400,
        "unauthorized_client",
        700016,
        "Application with identifier '"
            + clientId
            + "' was not found in the directory '"
            + tenant
            + "'. This can happen if the application has not been installed by the administrator of"
            + " the tenant or consented to by any user in the tenant. You may have sent your"
            + " authentication request to the wrong tenant.");
  }

  static EntraError wrongSecret(String clientId) {
    return new EntraError(
        401,
        "invalid_client",
        7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client"
            + " secret value, not the client secret ID, for a secret added to app '"
            + clientId
            + "'.");
  }

  static EntraError noCredential() {
    return new EntraError(
        401,
        "invalid_client",
        7000216,
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials'"
            + " grant type.");
  }

  static EntraError missingField(String field) {
    return new EntraError(
        400,
        "invalid_request",
        900144,
        "The request body must contain the following parameter: '" + field + "'.");
  }

  static EntraError unknownResource(String resource, String tenant) {
    return new EntraError(
        400,
        "invalid_resource",
        500011,
        "The resource principal named "
            + resource
            + " was not found in the tenant named "
            + tenant
            + ". This can happen if the application has not been installed by the administrator of"
            + " the tenant or consented to by any user in the tenant. You might have sent your"
            + " authentication request to the wrong tenant.");
  }

  static EntraError throttled() {
    return new EntraError(
        429, "temporarily_unavailable", 90055, "There are too many incoming requests.");
  }

  static EntraError unsupportedGrant(String grant) {
    return new EntraError(
        400,
        "unsupported_grant_type",
        70003,
        "The app requested an unsupported grant type '" + grant + "'.");
  }

  static EntraError scopeWithoutDefault(String scope) {
    return new EntraError(
        400,
        "invalid_scope",
        1002012,
        "The provided value for scope "
            + scope
            + " is not valid. Client credential flows must have a scope value with /.default"
            + " suffixed to the resource identifier (application ID URI).");
  }

  static EntraError assertionSignature(String reason) {
    return new EntraError(
        401,
        "invalid_client",
        700027,
        "Client assertion contains an invalid signature. [Reason - " + reason + "]");
  }

  static EntraError assertionTime() {
    return new EntraError(
        401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
  }

  static EntraError assertionAudience(String audience) {
    return new EntraError(
        401,
        "invalid_client",
        700023,
        "Client assertion audience claim does not match Realm issuer. Audience: '"
            + audience
            + "'.");
  }

  static EntraError notFederated(String issuer, String subject, String audience) {
    return new EntraError(
        400,
        "invalid_request",
        70021,
        "No matching federated identity record found for presented assertion. Assertion Issuer: '"
            + issuer
            + "'. Assertion Subject: '"
            + subject
            + "'. Assertion Audience: '"
            + audience
            + "'.");
  }

  Reply reply(Instant now, String authority, String correlation) {
    String stamp = STAMP.format(now);
    String trace = UUID.randomUUID().toString();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put(
        "error_description",
        "AADSTS"
            + code
            + ": "
            + text
            + " Trace ID: "
            + trace
            + " Correlation ID: "
            + correlation
            + " Timestamp: "
            + stamp);
    body.put("error_codes", List.of(code));
    body.put("timestamp", stamp);
    body.put("trace_id", trace);
    body.put("correlation_id", correlation);
    body.put("error_uri", authority + "/error?code=" + code);
    return Reply.json(status, body);
  }
}
