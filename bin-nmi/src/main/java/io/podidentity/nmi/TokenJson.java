package io.podidentity.nmi;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.token.TokenGrant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The bodies of answers with a token, as AAD Pod Identity v1 writes them: seven members, all
 * strings, in this order. IMDS's own answer has more; v1's clients know these.
 *
 * <p>v1 repeats the {@code expires_in} that IMDS gave it; here it is counted anew for each answer,
 * because the token may come from the cache.
 */
final class TokenJson {
  private static final int WITHOUT_TOKEN = 256;

  private TokenJson() {}

  /** The answer of the token endpoint: one object, or an array where there are several tokens. */
  static byte[] ofPod(TokenGrant grant, Instant now) {
    List<AccessToken> tokens = grant.tokens();
    StringBuilder json = builder(tokens);
    if (tokens.size() == 1) {
      append(json, tokens.get(0), now);
    } else {
      json.append('[');
      for (int i = 0; i < tokens.size(); i++) {
        json.append(i == 0 ? "" : ",");
        append(json, tokens.get(i), now);
      }
      json.append(']');
    }
    return bytes(json);
  }

  /** The answer of {@code /host/token/}: the first token, and the identity's client ID. */
  static byte[] ofHost(TokenGrant grant, Instant now) {
    StringBuilder json = builder(grant.tokens());
    json.append("{\"token\":");
    append(json, grant.tokens().get(0), now);
    json.append(",\"clientid\":");
    JsonText.append(json, grant.clientId() == null ? "" : grant.clientId().value());
    json.append('}');
    return bytes(json);
  }

  private static void append(StringBuilder json, AccessToken token, Instant now) {
    long seconds = Math.max(0, Duration.between(now, token.expiresOn()).toSeconds());
    json.append("{\"access_token\":");
    JsonText.append(json, token.value());
    json.append(",\"refresh_token\":\"\",\"expires_in\":\"")
        .append(seconds)
        .append("\",\"expires_on\":\"")
        .append(token.expiresOn().getEpochSecond())
        .append("\",\"not_before\":\"")
        .append(token.notBefore().getEpochSecond())
        .append("\",\"resource\":");
    JsonText.append(json, token.resource());
    json.append(",\"token_type\":\"Bearer\"}");
  }

  private static StringBuilder builder(List<AccessToken> tokens) {
    int length = 0;
    for (AccessToken token : tokens) {
      length += token.value().length() + token.resource().length() + WITHOUT_TOKEN;
    }
    return new StringBuilder(length);
  }

  private static byte[] bytes(StringBuilder json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
