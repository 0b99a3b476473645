package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.TokenGrant;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBodiesTest {
  private static final Instant EXPIRES_ON = Instant.ofEpochSecond(1595979276);
  private static final Instant NOW = EXPIRES_ON.minusSeconds(86399);

  private final TokenBodies bodies = new TokenBodies();

  @Test
  void bodyIsMadeOnceASecond() {
    TokenGrant grant = grant(token("t"));

    assertThat(bodies.of(grant, NOW))
        .isEqualTo(TokenJson.ofPod(grant, NOW))
        .isSameAs(bodies.of(grant, NOW.plusMillis(0)));
    // Half a second later less than a whole one is gone, but fewer whole ones are left.
    Instant later = NOW.plusMillis(500);
    assertThat(bodies.of(grant, later)).isEqualTo(TokenJson.ofPod(grant, later));
    assertThat(bodies.of(grant, NOW)).isEqualTo(TokenJson.ofPod(grant, NOW));
  }

  @Test
  void noTokenIsTakenForAnotherHoweverManyThereAre() {
    List<TokenGrant> grants =
        IntStream.range(0, 4 * TokenBodies.KEPT).mapToObj(i -> grant(token("token-" + i))).toList();
    for (int round = 0; round < 2; round++) {
      for (TokenGrant grant : grants) {
        assertThat(bodies.of(grant, NOW)).isEqualTo(TokenJson.ofPod(grant, NOW));
      }
    }
  }

  @Test
  void tokensThatShareAPlaceDoNotDriveEachOtherOut() {
    Map<Integer, TokenGrant> byPlace = new HashMap<>();
    TokenGrant one;
    TokenGrant other;
    do {
      one = grant(token("t"));
      int place = System.identityHashCode(one.tokens().get(0)) & (TokenBodies.KEPT - 1);
      other = byPlace.put(place, one);
    } while (other == null);

    ByteBuffer body = bodies.of(one, NOW);
    ByteBuffer ofOther = bodies.of(other, NOW);

    assertThat(bodies.of(one, NOW)).isSameAs(body);
    assertThat(bodies.of(other, NOW)).isSameAs(ofOther);
  }

  @Test
  void placesOfTokensThatAreNoLongerAskedForAreUsedAgain() {
    for (int i = 0; i < 20 * TokenBodies.KEPT; i++) {
      bodies.of(grant(token("old")), NOW);
    }
    TokenGrant grant = grant(token("new"));

    assertThat(bodies.of(grant, NOW)).isSameAs(bodies.of(grant, NOW));
  }

  @Test
  void tokenThatIsEqualToAnotherIsNotThatOne() {
    TokenGrant first = grant(token("t"));
    TokenGrant second = grant(token("t"));

    assertThat(bodies.of(first, NOW)).isNotSameAs(bodies.of(second, NOW));
  }

  @Test
  void severalTokensAreAnArrayAsEver() {
    TokenGrant grant = grant(token("primary"), token("auxiliary"));

    assertThat(bodies.of(grant, NOW)).isEqualTo(TokenJson.ofPod(grant, NOW));
  }

  private static TokenGrant grant(AccessToken... tokens) {
    return new TokenGrant(
        new NamespacedName("default", "web"), new ClientId("client-id"), List.of(tokens));
  }

  private static AccessToken token(String value) {
    return new AccessToken(value, EXPIRES_ON, EXPIRES_ON.minusSeconds(86700), "resource");
  }
}
