package io.podidentity.api.token;

import static io.podidentity.api.fixture.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TokenServicesTest {
  private static final ClientId CLIENT = new ClientId("6b1f0d1c-0000-4000-8000-3f1c8a2f6c11");
  private static final Credential.ServicePrincipal PRINCIPAL =
      new Credential.ServicePrincipal(
          "tenant", CLIENT, new NamespacedName("default", "secret"), List.of(), null);

  private final TokenSource services = new TokenServices(source("imds"), source("entra"));

  /** Every kind of credential there is; a new one has to find its place here. */
  @Test
  void eachCredentialHasItsService() {
    Map<Class<?>, String> services =
        Stream.of(
                new Credential.ManagedIdentity(
                    ResourceId.of(
                        "sub", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "id"),
                    CLIENT),
                new Credential.ClientSecret(PRINCIPAL),
                new Credential.ClientCertificate(PRINCIPAL),
                new Credential.Unusable("its type is 7"))
            .collect(Collectors.toMap(Credential::getClass, this::serviceOf));

    assertThat(services)
        .containsOnlyKeys(Credential.class.getPermittedSubclasses())
        .isEqualTo(
            Map.of(
                Credential.ManagedIdentity.class, "imds",
                Credential.ClientSecret.class, "entra",
                Credential.ClientCertificate.class, "entra",
                Credential.Unusable.class, "imds"));
  }

  @Test
  void theNodesIdentityComesFromTheNode() {
    assertThat(serviceOf(new TokenQuery.OfNode(IdentityChoice.ANY))).isEqualTo("imds");
  }

  @Test
  void budgetReachesTheServiceThatIsAsked() {
    List<TokenSource.Budget> given = new ArrayList<>();
    TokenSource counting =
        new TokenSource() {
          @Override
          public List<AccessToken> fetch(TokenQuery query) {
            throw new AssertionError("not counted");
          }

          @Override
          public List<AccessToken> fetch(TokenQuery query, Budget budget) {
            given.add(budget);
            return List.of(token("counted", Instant.EPOCH));
          }
        };
    TokenSource.Budget budget = () -> {};

    List<AccessToken> tokens =
        new TokenServices(counting, source("entra"))
            .fetch(new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), "resource"), budget);

    assertThat(tokens).extracting(AccessToken::value).containsExactly("counted");
    assertThat(given).containsExactly(budget);
  }

  @Test
  void fingerprintIsThatOfTheServiceThatWouldBeAsked() {
    TokenSource entra =
        new TokenSource() {
          @Override
          public List<AccessToken> fetch(TokenQuery query) {
            throw new AssertionError("not asked");
          }

          @Override
          public String fingerprint(TokenQuery query) {
            return "of the Secret";
          }
        };
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "identity"),
            "uid",
            1,
            false,
            new Credential.ClientSecret(PRINCIPAL));
    TokenQuery query = new TokenQuery(new TokenQuery.Bound(identity), "resource");

    assertThat(new TokenServices(source("imds"), entra).fingerprint(query))
        .isEqualTo("of the Secret");
  }

  @Test
  void tokensAndWhatTheyWereGotByComeFromTheServiceThatIsAsked() {
    List<AccessToken> tokens = List.of(token("issued", Instant.EPOCH));
    TokenSource issuing =
        new TokenSource() {
          @Override
          public List<AccessToken> fetch(TokenQuery query) {
            throw new AssertionError("reads its credential once more");
          }

          @Override
          public Issued issue(TokenQuery query, Budget budget) {
            return new Issued(tokens, "of its Secret");
          }
        };

    assertThat(
            new TokenServices(issuing, source("entra"))
                .issue(
                    new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), "resource"),
                    TokenSource.Budget.UNLIMITED))
        .isEqualTo(new TokenSource.Issued(tokens, "of its Secret"));
  }

  private String serviceOf(Credential credential) {
    NamespacedName name = new NamespacedName("default", "identity");
    return serviceOf(new TokenQuery.Bound(new AzureIdentity(name, "uid", 1, false, credential)));
  }

  private String serviceOf(TokenQuery.Subject subject) {
    return services.fetch(new TokenQuery(subject, "resource")).get(0).value();
  }

  private static TokenSource source(String name) {
    List<AccessToken> tokens = List.of(token(name, Instant.EPOCH));
    return query -> tokens;
  }
}
