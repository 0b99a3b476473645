package io.podidentity.api.matching;

import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.ClientId;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Claims as on https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
 */
class TokenClaimsTest {
  private static final ClientId X = clientId("x");

  @ParameterizedTest
  @ValueSource(strings = {"appid", "azp"})
  void theClientIdIsToldByEitherClaimInAnyLetterCase(String claim) {
    String upper = X.value().toUpperCase(Locale.ROOT);
    TokenClaims claims = claims("{\"%s\" : \"%s\"}".formatted(claim, upper));

    assertThat(claims.tellTheClientId()).isTrue();
    assertThat(claims.tellTheClientId(X)).isTrue();
    assertThat(claims.tellTheClientId(clientId("y"))).isFalse();
    assertThat(claims.tellTheOwner()).isTrue();
    assertThat(claims.tellTheResourceId()).isFalse();
  }

  @Test
  void twoClientIdsAreNeithers() {
    TokenClaims claims =
        claims("{\"appid\":\"%s\",\"azp\":\"%s\"}".formatted(X.value(), clientId("y").value()));

    assertThat(claims.tellTheClientId()).isTrue();
    assertThat(claims.tellTheClientId(X)).isFalse();
    assertThat(claims.tellTheClientId(clientId("y"))).isFalse();
  }

  @Test
  void theResourceIdIsToldInAnyLetterCase() {
    TokenClaims claims = claims("{\"xms_mirid\":\"\\/Subscriptions\\/S\"}");

    assertThat(claims.tellTheResourceId()).isTrue();
    assertThat(claims.tellTheResourceId("/SUBSCRIPTIONS/s")).isTrue();
    assertThat(claims.tellTheResourceId("/subscriptions/t")).isFalse();
    assertThat(claims.tellTheOwner()).isTrue();
    assertThat(claims.tellTheClientId()).isFalse();
    assertThat(claims.tellTheClientId(X)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "opaque",
        "e30.e30",
        "e30.e30.c.d",
        "e30.!.c",
        // Not an object.
        "e30.ImFwcGlkIjogIngi.c",
        "e30.e30.c",
      })
  void whatIsNoReadableTokenTellsNothing(String text) {
    TokenClaims claims = TokenClaims.of(token(text, Instant.EPOCH));

    assertThat(claims.tellTheOwner()).isFalse();
    assertThat(claims.tellTheClientId()).isFalse();
    assertThat(claims.tellTheClientId(X)).isFalse();
    assertThat(claims.tellTheResourceId()).isFalse();
    assertThat(claims.tellTheResourceId("/subscriptions/s")).isFalse();
  }

  private static TokenClaims claims(String json) {
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    return TokenClaims.of(token("e30." + encoded + ".c", Instant.EPOCH));
  }
}
