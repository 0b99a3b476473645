package io.podidentity.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIdTest {
  private static final String ID = "7eb6a1d2-4f0c-4c8e-9f4c-2f6a0c51a6a9";

  /** v1's own form: its documentation shows {@code 7eb6##### REDACTED #####a6a9}. */
  @Test
  void printsItsEndsOnly() {
    assertThat(new ClientId(ID)).hasToString("7eb6##### REDACTED #####a6a9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "abcdefgh"})
  void aTextThatItsEndsWouldShowWholeIsNotPrinted(String text) {
    assertThat(new ClientId(text)).hasToString("##### REDACTED #####");
  }

  @Test
  void whatHoldsItDoesNotPrintItEither() {
    ClientId id = new ClientId(ID);

    assertThat(new IdentityChoice(id, null).toString()).doesNotContain(ID);
    assertThat(
            new Credential.ServicePrincipal(
                    "tenant", id, new NamespacedName("a", "b"), java.util.List.of(), null)
                .toString())
        .doesNotContain(ID);
  }

  @Test
  void letterCaseMakesNoDifference() {
    assertThat(new ClientId("ABCDEF-1")).isEqualTo(new ClientId("abcdef-1"));
    assertThat(new ClientId("ABCDEF-1")).hasSameHashCodeAs(new ClientId("abcdef-1"));
    assertThat(new ClientId("ABCDEF-1")).isNotEqualTo(new ClientId("abcdef-2"));
  }

  @Test
  void anEmptyOneIsRefused() {
    assertThatThrownBy(() -> new ClientId(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clientID must not be empty");
  }
}
