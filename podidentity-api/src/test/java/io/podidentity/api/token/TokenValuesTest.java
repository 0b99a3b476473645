package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.address;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.IdentityChoice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenValuesTest {
  /** v1's text, which its users look for. */
  @Test
  void aRequestNeedsAResource() {
    assertThatThrownBy(
            () ->
                new TokenRequest(new Caller.ByAddress(address("10.0.0.7")), IdentityChoice.ANY, ""))
        .hasMessage("parameter resource cannot be empty")
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.INVALID_REQUEST));
  }

  @Test
  void aGrantNeedsATokenAndDoesNotPrintIt() {
    AccessToken token = token("secret-value", Instant.EPOCH);
    List<AccessToken> tokens = new ArrayList<>(List.of(token));
    TokenGrant grant = new TokenGrant(name("shop/web"), clientId("x"), tokens);
    tokens.clear();

    assertThat(grant.tokens()).containsExactly(token);
    assertThat(grant.toString()).doesNotContain("secret-value", clientId("x").value());
    assertThatThrownBy(() -> new TokenGrant(name("shop/web"), null, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tokens must not be empty");
  }

  /** They are in the audit log. */
  @Test
  void aRightHasAStableName() {
    assertThat(TokenGrant.Right.values())
        .extracting(TokenGrant.Right::code)
        .containsExactly("bound", "exempt", "mic");
  }

  /** 16 and 20 looks, 5 s apart; 4 retries, 300 ms apart. */
  @Test
  void theHoldsOfVersionOneAreTheDefault() {
    assertThat(HoldPolicy.DEFAULT)
        .isEqualTo(
            new HoldPolicy(
                Duration.ofMillis(4 * 300),
                Duration.ofSeconds(16 * 5),
                Duration.ofSeconds(20 * 5)));
  }

  @Test
  void aHoldMustMakeSense() {
    Duration one = Duration.ofSeconds(1);
    Duration two = Duration.ofSeconds(2);

    assertThat(new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO)).isNotNull();
    assertThatThrownBy(() -> new HoldPolicy(one.negated(), one, one))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HoldPolicy(one, one.negated(), one))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HoldPolicy(one, two, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("untilAssigned must not be less than untilRecorded");
  }
}
