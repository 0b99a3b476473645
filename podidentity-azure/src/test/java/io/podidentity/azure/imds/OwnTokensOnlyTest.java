package io.podidentity.azure.imds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
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
import io.podidentity.azure.Failures;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.SystemAssignedIdentity;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.time.Duration;
import java.time.Instant;
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

  @ParameterizedTest
  @ValueSource(strings = {"opaque", "a.b.c.d.e", "e30.!.c", "e30.bm90IGpzb24.c", "e30.e30.c"})
  void tokenThatDoesNotTellWhoseItIsIsLetThrough(String token) {
    OwnTokensOnly check = new OwnTokensOnly(any -> List.of(token(token)));

    assertThat(check.fetch(query(own.id().text(), own.clientId()))).hasSize(1);
  }

  @Test
  void everyTokenIsLookedAt() {
    String claims = "{\"xms_mirid\":\"" + kubelets.id().text() + "\"}";
    String another =
        "e30."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
            + ".c";
    OwnTokensOnly check = new OwnTokensOnly(any -> List.of(token("opaque"), token(another)));

    assertThat(
            catchThrowableOfType(
                PodIdentityException.class,
                () -> check.fetch(query(own.id().text(), own.clientId()))))
        .isNotNull();
  }

  @Test
  void identityOfTheNodeIsNoneOfItsBusiness() {
    IdentityChoice kubelet = new IdentityChoice(new ClientId(kubelets.clientId()), null);

    assertThat(source.fetch(new TokenQuery(new TokenQuery.OfNode(kubelet), RESOURCE))).hasSize(1);
  }

  private TokenQuery query(String resourceId, String clientId) {
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("shop", "own"),
            "uid",
            1,
            false,
            new Credential.ManagedIdentity(new ResourceId(resourceId), new ClientId(clientId)));
    return new TokenQuery(new TokenQuery.Bound(identity), RESOURCE);
  }

  private AccessToken token(String value) {
    return new AccessToken(value, clock.instant().plusSeconds(60), clock.instant(), RESOURCE);
  }
}
