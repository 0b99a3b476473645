package io.podidentity.api.model;

import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.servicePrincipal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityChoiceTest {
  private static final Credential X = identity("default/x").credential();

  @ParameterizedTest(name = "client {0}, resource {1}: {2}")
  @CsvSource({
    ",, true",
    "x,, true",
    ", x, true",
    "x, x, true",
    "y,, false",
    ", y, false",
    "x, y, false",
    "y, x, false",
  })
  void anIdentityMustMatchAllThatIsGiven(String client, String resource, boolean included) {
    IdentityChoice choice =
        new IdentityChoice(
            client == null ? null : clientId(client),
            resource == null ? null : identityId(resource).value());

    assertThat(choice.includes(X)).isEqualTo(included);
  }

  @Test
  void letterCaseMakesNoDifference() {
    ClientId upper = new ClientId(clientId("x").value().toUpperCase(Locale.ROOT));
    String lower = identityId("x").value().toLowerCase(Locale.ROOT);

    assertThat(new IdentityChoice(upper, lower).includes(X)).isTrue();
  }

  @Test
  void aServicePrincipalHasNoResourceId() {
    Credential principal = servicePrincipal("default/sp").credential();

    assertThat(new IdentityChoice(clientId("default/sp"), null).includes(principal)).isTrue();
    assertThat(new IdentityChoice(null, identityId("sp").value()).includes(principal)).isFalse();
  }

  @Test
  void aResourceIdThatIsNoneMatchesNothing() {
    assertThat(new IdentityChoice(null, "").includes(X)).isFalse();
    assertThat(new IdentityChoice(null, "x").includes(X)).isFalse();
  }

  @Test
  void printsWhatTheRequestNamed() {
    assertThat(IdentityChoice.ANY).hasToString("any identity");
    assertThat(new IdentityChoice(new ClientId("7eb6a1d2-a6a9"), "/r"))
        .hasToString("client ID 7eb6##### REDACTED #####a6a9, resource ID /r");
    assertThat(new IdentityChoice(null, "/r")).hasToString("resource ID /r");
  }
}
