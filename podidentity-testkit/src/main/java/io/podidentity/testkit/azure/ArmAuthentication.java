package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Checks bearer tokens: issued by this Azure, for Resource Manager, and not expired. */
final class ArmAuthentication {
  private final Clock clock;
  private final FakeTokens tokens;
  private final String tenantId;
  private final Set<String> audiences =
      new CopyOnWriteArraySet<>(
          List.of("https://management.core.windows.net", "https://management.azure.com"));

  ArmAuthentication(FakeAzure azure) {
    this.clock = azure.clock();
    this.tokens = azure.tokens();
    this.tenantId = azure.tenantId();
  }

  /** Takes tokens for this audience too, with and without a slash at its end. */
  void accept(String audience) {
    audiences.add(withoutSlash(audience));
  }

  /**
   * Finds out who calls.
   *
   * @throws ArmException 401, if the token does not say so
   */
  ArmCaller caller(RecordedRequest request) {
    String header = request.header("Authorization").orElse("");
    if (header.isEmpty()) {
      throw new ArmException(
          401,
          "AuthenticationFailed",
          "Authentication failed. The 'Authorization' header is missing.");
    }
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw new ArmException(
          401,
          "AuthenticationFailedInvalidHeader",
          "Authentication failed. The 'Authorization' header is provided in an invalid format.");
    }
    JsonNode claims =
        tokens
            .verify(header.substring(7).trim())
            .orElseThrow(
                () ->
                    new ArmException(
                        401, "InvalidAuthenticationToken", "The access token is invalid."));
    Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong());
    if (!clock.instant().isBefore(expiry)) {
      throw new ArmException(
          401,
          "ExpiredAuthenticationToken",
          "The access token expiry UTC time '"
              + expiry
              + "' is earlier than current UTC time '"
              + clock.instant()
              + "'.");
    }
    checkAudience(claims.path("aud").asString(""));
    return new ArmCaller(claims.path("appid").asString(), claims.path("oid").asString());
  }

  /** 401 names where to get a token; clients look for it. */
  Reply challenge(ArmError error) {
    return error
        .reply()
        .with(
            "WWW-Authenticate",
            "Bearer authorization_uri=\"https://login.windows.net/"
                + tenantId
                + "\", error=\"invalid_token\", error_description=\""
                + error.code()
                + "\"");
  }

  /** Source: https://github.com/hashicorp/go-azure-helpers/issues/51. */
  private void checkAudience(String audience) {
    if (!audiences.contains(withoutSlash(audience))) {
      String allowed =
          audiences.stream()
              .map(one -> "'" + one + "/','" + one + "'")
              .collect(Collectors.joining(","));
      throw new ArmException(
          401,
          "InvalidAuthenticationTokenAudience",
          "The access token has been obtained for wrong audience or resource '"
              + audience
              + "'. It should exactly match with one of the allowed audiences "
              + allowed
              + ".");
    }
  }

  private static String withoutSlash(String audience) {
    return audience.replaceAll("/+$", "");
  }
}
