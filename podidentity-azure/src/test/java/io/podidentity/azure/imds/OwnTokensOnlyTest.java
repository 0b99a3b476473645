package io.podidentity.azure.imds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.azure.Failures;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.SystemAssignedIdentity;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In AAD Pod Identity v1.8.17 (pkg/auth/auth.go) the client ID alone says whose token it is. */
final class OwnTokensOnlyTest {
  private static final String RESOURCE = "https://management.azure.com/";
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITIES =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/";

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private final UserAssignedIdentity own = azure.createIdentity(IDENTITIES + "own");
  private final UserAssignedIdentity kubelets = azure.createIdentity(IDENTITIES + "kubelet");
  private final FakeImds imds = start();
  private final OwnTokensOnly source =
      new OwnTokensOnly(new ImdsTokenSource(imds.uri(), Duration.ofSeconds(10), "test", clock));

  private final Answers answers = new Answers();
  private final OwnTokensOnly answered = new OwnTokensOnly(answers);

  private FakeImds start() {
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, own);
    azure.attach(MACHINE, kubelets);
    return FakeImds.startFor(azure, MACHINE);
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Test
  void tokenOfTheIdentityThatTheResourceIdNamesIsGivenInAnyLetterCase() {
    String resourceId = own.id().text().toUpperCase(Locale.ROOT);

    List<AccessToken> tokens = source.fetch(query(resourceId, own.clientId()));

    assertThat(FakeTokens.clientIdOf(tokens.get(0).value())).isEqualTo(own.clientId());
  }

  @Test
  void clientIdOfAnotherIdentityOfTheNodeIsRefusedForGood() {
    PodIdentityException refusal =
        catchThrowableOfType(
            PodIdentityException.class,
            () -> source.fetch(query(own.id().text(), kubelets.clientId())));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
    assertThat(refusal).hasMessageContaining("AzureIdentity shop/own").hasMessageContaining("--");
    assertThat(Failures.everything(refusal))
        .doesNotContain("eyJ")
        .doesNotContain(kubelets.clientId());
  }

  @Test
  void clientIdOfTheNodesOwnIdentityIsRefused() {
    SystemAssignedIdentity ofNode = SystemAssignedIdentity.create();
    azure.change(MACHINE, compute -> compute.withIdentity(compute.identity().withSystem(ofNode)));

    assertThat(
            catchThrowableOfType(
                PodIdentityException.class,
                () -> source.fetch(query(own.id().text(), ofNode.clientId()))))
        .extracting(PodIdentityException::reason)
        .isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
  }

  /** Encrypted for its resource, for example; asked for by resource ID, it can be no other's. */
  @ParameterizedTest
  @ValueSource(strings = {"opaque", "a.b.c.d.e", "e30.!.c", "e30.bm90IGpzb24.c", "e30.e30.c"})
  void tokenThatDoesNotTellWhoseItIsIsAskedForByResourceId(String token) {
    answers.byClientId = "of whoever has the client ID" + token;
    answers.byResourceId = token;

    assertThat(fetchFromAnswers()).isEqualTo(token);
    assertThat(fetchFromAnswers()).isEqualTo(token);
    assertThat(answers.queries)
        .as("it never tells, so it is asked each time")
        .containsExactly(byClientId(), byResourceId(), byClientId(), byResourceId());
  }

  /** Where it is not made, the budget's refusal is the answer. */
  @Test
  void furtherCallIsTakenOutOfTheBudgetBeforeItIsMade() {
    answers.byClientId = "opaque";
    answers.byResourceId = "opaque";
    List<Integer> made = new ArrayList<>();
    answered.fetch(byClientId(), () -> made.add(answers.queries.size()));
    assertThat(made).containsExactly(1);
    assertThat(answers.queries).containsExactly(byClientId(), byResourceId());

    PodIdentityException spent = new PodIdentityException(ErrorReason.TOKEN_THROTTLED, "busy");
    assertThatThrownBy(
            () ->
                answered.fetch(
                    byClientId(),
                    () -> {
                      throw spent;
                    }))
        .isSameAs(spent);
    assertThat(answers.queries).hasSize(3);
  }

  /** Tokens of version 2.0 may have no claim but {@code azp}. */
  @ParameterizedTest
  @ValueSource(strings = {"appid", "azp"})
  void clientIdThatTheTokenAskedForByResourceIdNamesIsKnownFromThenOn(String claim) {
    answers.byClientId = jwt(claim, own.clientId().toUpperCase(Locale.ROOT));
    answers.byResourceId = answers.byClientId;

    assertThat(fetchFromAnswers()).isEqualTo(answers.byResourceId);
    assertThat(fetchFromAnswers()).isEqualTo(answers.byClientId);
    assertThat(answers.queries).containsExactly(byClientId(), byResourceId(), byClientId());

    AzureIdentity edited = identity(own.id().text(), own.clientId(), 2);
    answered.fetch(new TokenQuery(new TokenQuery.Bound(edited), RESOURCE));
    assertThat(answers.queries).as("an edit may be of the client ID").hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"appid", "azp"})
  void clientIdOfAnotherIsRefusedThoughNoTokenTellsTheResourceId(String claim) {
    answers.byClientId = jwt(claim, kubelets.clientId());
    answers.byResourceId = jwt(claim, own.clientId());

    assertRefused(query(own.id().text(), kubelets.clientId()));
  }

  @Test
  void tokenOfAnotherClientIdThanWasAskedForIsRefused() {
    answers.byClientId = jwt("appid", kubelets.clientId());

    assertRefused(query(own.id().text(), own.clientId()));
    assertThat(answers.queries).containsExactly(byClientId());
  }

  @Test
  void tokenThatIsAnothersThoughAskedForByResourceIdIsRefused() {
    answers.byClientId = "opaque";
    answers.byResourceId = jwt("xms_mirid", kubelets.id().text());

    assertRefused(query(own.id().text(), own.clientId()));
  }

  @Test
  void whatWasProvenByATokenIsNotAskedAgainForOneThatDoesNotTell() {
    answers.byClientId = jwt("xms_mirid", own.id().text());
    fetchFromAnswers();
    answers.byClientId = "opaque";

    assertThat(fetchFromAnswers()).isEqualTo("opaque");
    assertThat(answers.queries).containsExactly(byClientId(), byClientId());
  }

  @Test
  void whyThereIsNoneByResourceIdIsTheAnswerIfItMayHealAndElseARefusal() {
    answers.byClientId = "opaque";
    answers.failure = new PodIdentityException(ErrorReason.TOKEN_THROTTLED, "too often");

    assertThatThrownBy(this::fetchFromAnswers).isSameAs(answers.failure);

    answers.failure = new PodIdentityException(ErrorReason.TOKEN_REFUSED, "no such parameter");
    assertRefused(query(own.id().text(), own.clientId()));
  }

  @Test
  void everyTokenIsLookedAt() {
    String anothers = jwt("xms_mirid", kubelets.id().text());
    String ours = jwt("xms_mirid", own.id().text());
    OwnTokensOnly check = new OwnTokensOnly(any -> List.of(token(ours), token(anothers)));

    assertThat(
            catchThrowableOfType(
                PodIdentityException.class,
                () -> check.fetch(query(own.id().text(), own.clientId()))))
        .isNotNull();
  }

  /** A text in it may look like a claim, once the backslashes are gone. */
  @Test
  void tokenThatTellsOfTwoResourceIdsIsNeithers() {
    answers.byClientId =
        jwt(
            "name",
            "\\\",\\\"xms_mirid\\\":\\\"%s\",\"xms_mirid\":\"%s"
                .formatted(own.id().text(), kubelets.id().text()));
    assertRefused(query(own.id().text(), own.clientId()));

    answers.byClientId =
        jwt(
            "xms_mirid",
            "%s\",\"name\":\"\\\",\\\"xms_mirid\\\":\\\"%s"
                .formatted(own.id().text(), kubelets.id().text()));
    assertRefused(query(own.id().text(), own.clientId()));
  }

  private void assertRefused(TokenQuery query) {
    PodIdentityException refusal =
        catchThrowableOfType(PodIdentityException.class, () -> answered.fetch(query));
    assertThat(refusal.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
    assertThat(refusal)
        .hasMessageContaining("AzureIdentity shop/own")
        .hasMessageContaining("--accept-foreign-client-ids");
    assertThat(Failures.everything(refusal)).doesNotContain("e30.");
  }

  private String fetchFromAnswers() {
    return answered.fetch(query(own.id().text(), own.clientId())).get(0).value();
  }

  private TokenQuery byClientId() {
    return query(own.id().text(), own.clientId());
  }

  private TokenQuery byResourceId() {
    return new TokenQuery(
        new TokenQuery.OfNode(new IdentityChoice(null, own.id().text())), RESOURCE);
  }

  private static String jwt(String claim, String value) {
    String claims = "{\"%s\":\"%s\"}".formatted(claim, value);
    return "e30."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
        + ".c";
  }

  /** A metadata service whose tokens tell as much as a test wants. */
  private final class Answers implements TokenSource {
    final List<TokenQuery> queries = new ArrayList<>();
    String byClientId = "";
    String byResourceId = "";
    PodIdentityException failure;

    @Override
    public List<AccessToken> fetch(TokenQuery query) {
      queries.add(query);
      boolean again = query.subject() instanceof TokenQuery.OfNode;
      if (again && failure != null) {
        throw failure;
      }
      return List.of(token(again ? byResourceId : byClientId));
    }
  }

  @Test
  void identityOfTheNodeIsNoneOfItsBusiness() {
    IdentityChoice kubelet = new IdentityChoice(new ClientId(kubelets.clientId()), null);

    assertThat(source.fetch(new TokenQuery(new TokenQuery.OfNode(kubelet), RESOURCE))).hasSize(1);
  }

  private TokenQuery query(String resourceId, String clientId) {
    return new TokenQuery(new TokenQuery.Bound(identity(resourceId, clientId, 1)), RESOURCE);
  }

  private static AzureIdentity identity(String resourceId, String clientId, long generation) {
    return new AzureIdentity(
        new NamespacedName("shop", "own"),
        "uid",
        generation,
        false,
        new Credential.ManagedIdentity(new ResourceId(resourceId), new ClientId(clientId)));
  }

  private AccessToken token(String value) {
    return new AccessToken(value, clock.instant().plusSeconds(60), clock.instant(), RESOURCE);
  }
}
