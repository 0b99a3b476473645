package io.podidentity.nmi;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.token.TokenGrant;
import java.nio.ByteBuffer;
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
  static ByteBuffer ofPod(TokenGrant grant, Instant now) {
    List<AccessToken> tokens = grant.tokens();
    JsonText json = roomFor(tokens);
    if (tokens.size() == 1) {
      append(json, tokens.get(0), now);
    } else {
      json.raw("[");
      for (int i = 0; i < tokens.size(); i++) {
        json.raw(i == 0 ? "" : ",");
        append(json, tokens.get(i), now);
      }
      json.raw("]");
    }
    return json.toBuffer();
  }

  /** The answer of {@code /host/token/}: the first token, and the identity's client ID. */
  static ByteBuffer ofHost(TokenGrant grant, Instant now) {
    JsonText json = roomFor(grant.tokens()).raw("{\"token\":");
    append(json, grant.tokens().get(0), now);
    json.raw(",\"clientid\":").string(grant.clientId() == null ? "" : grant.clientId().value());
    return json.raw("}").toBuffer();
  }

  private static void append(JsonText json, AccessToken token, Instant now) {
    json.raw("{\"access_token\":")
        .string(token.value())
        .raw(",\"refresh_token\":\"\",\"expires_in\":\"")
        .raw(Long.toString(secondsLeft(token, now)))
        .raw("\",\"expires_on\":\"")
        .raw(Long.toString(token.expiresOn().getEpochSecond()))
        .raw("\",\"not_before\":\"")
        .raw(Long.toString(token.notBefore().getEpochSecond()))
        .raw("\",\"resource\":")
        .string(token.resource())
        .raw(",\"token_type\":\"Bearer\"}");
  }

  /** Its {@code expires_in}: whole seconds, never negative. */
  static long secondsLeft(AccessToken token, Instant now) {
    Instant end = token.expiresOn();
    long begun = end.getNano() < now.getNano() ? 1 : 0;
    return Math.max(0, end.getEpochSecond() - now.getEpochSecond() - begun);
  }

  private static JsonText roomFor(List<AccessToken> tokens) {
    int length = 0;
    for (AccessToken token : tokens) {
      length += token.value().length() + token.resource().length() + WITHOUT_TOKEN;
    }
    return new JsonText(length);
  }
}
