package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.TokenGrant;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenJsonTest {
  private static final Instant NOT_BEFORE = Instant.ofEpochSecond(1595892576);
  private static final Instant EXPIRES_ON = Instant.ofEpochSecond(1595979276);
  private static final Instant NOW = EXPIRES_ON.minusSeconds(86399);
  private static final ClientId CLIENT = new ClientId("7eb61ab4-0000-0000-0000-00000000a6a9");

  // The sample of https://github.com/Azure/aad-pod-identity/issues/716, with another token.
  @Test
  void podGetsTheSevenMembersOfVersionOneInOrder() {
    TokenGrant grant = grant(CLIENT, token("eyJ0eXAi.a-b_c", "https://management.azure.com/"));

    assertThat(text(TokenJson.ofPod(grant, NOW)))
        .isEqualTo(
            "{\"access_token\":\"eyJ0eXAi.a-b_c\",\"refresh_token\":\"\",\"expires_in\":\"86399\","
                + "\"expires_on\":\"1595979276\",\"not_before\":\"1595892576\","
                + "\"resource\":\"https://management.azure.com/\",\"token_type\":\"Bearer\"}");
  }

  // v1, pkg/nmi/server/server.go: an array where the identity names auxiliary tenants.
  @Test
  void severalTokensAreAnArrayInTheirOrder() {
    TokenGrant grant = grant(CLIENT, token("primary", "r"), token("auxiliary", "r"));

    assertThat(text(TokenJson.ofPod(grant, NOW)))
        .startsWith("[{\"access_token\":\"primary\",")
        .contains("},{\"access_token\":\"auxiliary\",")
        .endsWith("}]");
  }

  @Test
  void hostGetsTheFirstTokenAndTheClientId() {
    TokenGrant grant =
        grant(CLIENT, token("first", "https://vault.azure.net"), token("second", "r"));

    assertThat(text(TokenJson.ofHost(grant, NOW)))
        .isEqualTo(
            "{\"token\":{\"access_token\":\"first\",\"refresh_token\":\"\",\"expires_in\":\"86399\","
                + "\"expires_on\":\"1595979276\",\"not_before\":\"1595892576\","
                + "\"resource\":\"https://vault.azure.net\",\"token_type\":\"Bearer\"},"
                + "\"clientid\":\"7eb61ab4-0000-0000-0000-00000000a6a9\"}");
  }

  @Test
  void expiresInIsCountedFromNowAndNeverNegative() {
    TokenGrant grant = grant(CLIENT, token("t", "r"));

    assertThat(text(TokenJson.ofPod(grant, EXPIRES_ON.minusMillis(1500))))
        .contains("\"expires_in\":\"1\"");
    assertThat(text(TokenJson.ofPod(grant, EXPIRES_ON.plusSeconds(9))))
        .contains("\"expires_in\":\"0\"");
  }

  // What Go's json.Marshal writes: https://pkg.go.dev/encoding/json#Marshal
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain | plain",
        "a\"b\\c | a\\\"b\\\\c",
        "<a&b> | \\u003ca\\u0026b\\u003e",
        "what? | what?",
        "Ł | Ł",
        "é中\uD83D\uDE00 | é中\uD83D\uDE00",
      })
  void stringsAreEscapedAsGoDoes(String resource, String expected) {
    assertThat(text(TokenJson.ofPod(grant(CLIENT, token("t", resource)), NOW)))
        .contains("\"resource\":\"" + expected + "\"");
  }

  @Test
  void controlCharactersAndBrokenUnicodeAreEscaped() {
    ByteBuffer json =
        new JsonText(0).string("\n\r\t\u0000\u001f\b\u2028\u2029\ud800x\udc00").toBuffer();

    assertThat(text(json))
        .isEqualTo("\"\\n\\r\\t\\u0000\\u001f\\u0008\\u2028\\u2029\\ufffdx\\ufffd\"");
  }

  private static TokenGrant grant(ClientId client, AccessToken... tokens) {
    return new TokenGrant(new NamespacedName("default", "web"), client, List.of(tokens));
  }

  private static AccessToken token(String value, String resource) {
    return new AccessToken(value, EXPIRES_ON, NOT_BEFORE, resource);
  }

  private static String text(ByteBuffer json) {
    return StandardCharsets.UTF_8.decode(json).toString();
  }
}
