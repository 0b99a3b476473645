package io.podidentity.azure.entra;

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
import io.podidentity.azure.CapturedLog;
import io.podidentity.azure.Failures;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EntraTokenSourceTest {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final String TENANT = FakeAzure.DEFAULT_TENANT;
  private static final String CLIENT_ID = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final String RESOURCE = "https://management.azure.com/";
  private static final String VALUE = "s3cr~t.With+Odd/Letters";
  private static final NamespacedName SECRET = new NamespacedName("default", "app-secret");
  private static final SecretScope ANY_NAMESPACE = new SecretScope(false, false);
  // MSAL4J counts the life of a token by the system's clock.
  private static final Clock CLOCK = Clock.systemUTC();

  private final FakeAzure azure = new FakeAzure(CLOCK);
  private final FakeEntra entra =
      FakeEntra.start(
          azure,
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of()));
  private final InMemorySecrets secrets = new InMemorySecrets();
  private final HttpClient http = HttpClients.cloud(CERTIFICATES.clientContext()).build();
  private final EntraTokenSource source = source(ANY_NAMESPACE);

  EntraTokenSourceTest() {
    secrets.put(SECRET, Map.of("clientSecret", VALUE.getBytes(UTF_8)));
    entra.register(EntraApplication.withSecret(TENANT, CLIENT_ID, VALUE));
  }

  private EntraTokenSource source(SecretScope scope) {
    return new EntraTokenSource(
        new AuthorityEndpoints(entra.uri(), Set.of()),
        secrets,
        scope,
        () -> http,
        "test",
        Duration.ofSeconds(20),
        CLOCK);
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Test
  void typeOneGetsATokenByTheSecretThatIsThereNow() {
    assertThat(fetch(withSecret())).hasSize(1);
    entra.register(EntraApplication.withSecret(TENANT, CLIENT_ID, "rotated"));
    secrets.put(SECRET, Map.of("clientSecret", "rotated".getBytes(UTF_8)));

    AccessToken token = fetch(withSecret()).get(0);

    assertThat(FakeTokens.clientIdOf(token.value())).isEqualTo(CLIENT_ID);
    assertThat(token.resource()).isEqualTo(RESOURCE);
  }

  @Test
  void fingerprintChangesWithTheSecretAndShowsNothingOfIt() {
    String before = source.fingerprint(query(withSecret()));
    assertThat(source.fingerprint(query(withCertificate()))).isEqualTo(before);
    assertThat(before).isNotEmpty().doesNotContain(VALUE);
    assertThat(source(ANY_NAMESPACE).fingerprint(query(withSecret())))
        .as("elsewhere nobody can compare")
        .isNotEqualTo(before);

    put(Map.of("clientSecret", VALUE, "more", ""));
    String more = source.fingerprint(query(withSecret()));
    put(Map.of("clientSecret", VALUE + "more"));
    String other = source.fingerprint(query(withSecret()));
    secrets.delete(SECRET);
    String gone = source.fingerprint(query(withSecret()));

    assertThat(List.of(before, more, other, gone)).doesNotHaveDuplicates();
  }

  @Test
  void secretThatMustNotBeUsedHasNoFingerprint() {
    EntraTokenSource ownOnly = source(new SecretScope(false, true));

    assertThatThrownBy(() -> ownOnly.fingerprint(query(inNamespace("team", false))))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED));
  }

  // https://learn.microsoft.com/entra/identity-platform/certificate-credentials
  @ParameterizedTest
  @CsvSource({"modern.p12, p4ss", "legacy.p12, p4ss", "empty-password.p12,"})
  void typeTwoGetsATokenByTheCertificate(String file, @Nullable String password)
      throws IOException {
    entra.register(
        EntraApplication.withCertificate(TENANT, CLIENT_ID, Pkcs12Test.certificate("leaf.pem")));
    putCertificate(file, password);

    AccessToken token = fetch(withCertificate()).get(0);

    assertThat(FakeTokens.clientIdOf(token.value())).isEqualTo(CLIENT_ID);
    assertThat(assertionHeader()).contains("\"alg\":\"RS256\"").contains("\"x5t#S256\":");
  }

  @Test
  void applicationThatIsKnownByItsCertificatesNameGetsTheWholeChain() throws IOException {
    entra.register(
        EntraApplication.withTrustedName(
            TENANT, CLIENT_ID, "CN=app.example.org", Pkcs12Test.certificate("root.pem")));
    putCertificate("modern.p12", "p4ss");

    assertThat(fetch(withCertificate())).hasSize(1);
    assertThat(assertionHeader()).contains("\"x5c\":[");
  }

  @Test
  void certificateOfAnotherApplicationIsRefused() throws IOException {
    entra.register(
        EntraApplication.withCertificate(
            TENANT, CLIENT_ID, TestCertificates.selfSigned("other").certificate()));
    putCertificate("modern.p12", "p4ss");

    PodIdentityException error = failure(withCertificate());

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(error).hasMessageContaining("AADSTS700027").hasMessageContaining("certificate");
  }

  @Test
  void auxiliaryTenantsFollowThePrimaryOneInOrder() {
    List<String> tenants = List.of("b-tenant", "a-tenant", "c-tenant");
    tenants.forEach(
        tenant -> entra.register(EntraApplication.withSecret(tenant, CLIENT_ID, VALUE)));

    List<AccessToken> tokens = fetch(withSecret(TENANT, tenants, null));

    assertThat(tokens).hasSize(4);
    assertThat(entra.requests().all())
        .extracting(RecordedRequest::path)
        .containsExactly(
            "/" + TENANT + "/oauth2/v2.0/token",
            "/b-tenant/oauth2/v2.0/token",
            "/a-tenant/oauth2/v2.0/token",
            "/c-tenant/oauth2/v2.0/token");
  }

  @Test
  void eachFurtherTenantIsTakenOutOfTheBudget() {
    List<String> tenants = List.of("b-tenant", "a-tenant", "c-tenant");
    tenants.forEach(
        tenant -> entra.register(EntraApplication.withSecret(tenant, CLIENT_ID, VALUE)));
    List<Integer> askedBefore = new ArrayList<>();

    var unused =
        source.fetch(
            query(withSecret(TENANT, tenants, null)),
            () -> askedBefore.add(entra.requests().all().size()));

    assertThat(askedBefore).containsExactly(1, 2, 3);
  }

  @Test
  void failureInOneTenantIsTheAnswerAndNamesIt() {
    PodIdentityException error = failure(withSecret(TENANT, List.of("nowhere.example"), null));

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(error)
        .hasMessageContaining("in tenant nowhere.example")
        .hasMessageContaining("AADSTS90002")
        .hasMessageContaining("there is no such tenant");
  }

  // adal's NewMultiTenantOAuthConfig: one to three.
  @Test
  void moreThanThreeAuxiliaryTenantsAreRefusedWithoutAskingAnybody() {
    PodIdentityException error = failure(withSecret(TENANT, List.of("a", "b", "c", "d"), null));

    assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(error).hasMessageContaining("auxiliaryTenantIDs names 4 tenants");
    assertThat(entra.requests().all()).isEmpty();
  }

  /** As in v1, whose clients of such an identity do not expect an array. */
  @Test
  void auxiliaryTenantsOfACertificateHaveNoEffect() throws IOException {
    entra.register(
        EntraApplication.withCertificate(TENANT, CLIENT_ID, Pkcs12Test.certificate("leaf.pem")));
    putCertificate("modern.p12", "p4ss");
    AzureIdentity identity =
        object(new Credential.ClientCertificate(principal(TENANT, List.of("other"), null)));

    assertThat(fetch(identity)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "../x", "a b", "a?b", "a#b", "-", "common", "Organizations"})
  void tenantThatCannotBeOneIsRefusedWithoutAskingAnybody(String tenant) {
    PodIdentityException error = failure(withSecret(tenant, List.of(), null));

    assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(error).hasMessageContaining("its tenantID ");
    assertThat(failure(withSecret(TENANT, List.of(tenant), null)))
        .hasMessageContaining("its auxiliaryTenantIDs ");
    assertThat(entra.requests().all()).isEmpty();
  }

  /** In v1 this endpoint is sent the secret. */
  @Test
  void endpointThatIsOnNoListIsNotSentTheSecret() {
    try (FakeEntra attacker =
        FakeEntra.start(
            azure,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            CERTIFICATES.serverContext(List.of()))) {
      attacker.register(EntraApplication.withSecret(TENANT, CLIENT_ID, VALUE));

      PodIdentityException error =
          failure(withSecret(TENANT, List.of(), attacker.uri().toString()));

      assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
      assertThat(attacker.requests().all()).isEmpty();
    }
  }

  @Test
  void endpointThatIsOnTheListIsAskedAndNoOther() {
    try (FakeEntra other =
        FakeEntra.start(
            azure,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            CERTIFICATES.serverContext(List.of()))) {
      other.register(EntraApplication.withSecret(TENANT, CLIENT_ID, VALUE));
      EntraTokenSource both =
          new EntraTokenSource(
              new AuthorityEndpoints(entra.uri(), Set.of(other.uri())),
              secrets,
              ANY_NAMESPACE,
              () -> http,
              "test",
              Duration.ofSeconds(20),
              CLOCK);

      both.fetch(query(withSecret(TENANT, List.of(), other.uri() + "/")));

      assertThat(other.requests().all()).hasSize(1);
      assertThat(entra.requests().all()).isEmpty();
    }
  }

  @Test
  void secretOfAnotherNamespaceIsUsedWithOneWarning() {
    AzureIdentity foreign = inNamespace("team", false);

    try (CapturedLog log = new CapturedLog()) {
      assertThat(fetch(foreign)).hasSize(1);
      fetch(foreign);

      assertThat(log.lines())
          .filteredOn(line -> line.contains("another namespace"))
          .singleElement()
          .asString()
          .contains("identity=team/demo secret=default/app-secret");
    }
  }

  @Test
  void secretOfAnotherNamespaceIsRefusedToANamespacedIdentity() {
    assertRefusesForeignSecret(source, inNamespace("team", true));
    assertRefusesForeignSecret(source(new SecretScope(true, false)), inNamespace("team", false));
    assertRefusesForeignSecret(source(new SecretScope(false, true)), inNamespace("team", false));
    assertThat(entra.requests().all()).isEmpty();
  }

  private static void assertRefusesForeignSecret(EntraTokenSource source, AzureIdentity identity) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> source.fetch(query(identity)));
    assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
    assertThat(error).hasMessageContaining("AzureIdentity team/demo");
  }

  @Test
  void secretOfItsOwnNamespaceIsUsedByANamespacedIdentity() {
    assertThat(source(new SecretScope(true, true)).fetch(query(inNamespace("default", true))))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clientSecret", "CLIENTSECRET"})
  void ofSeveralKeysTheOneOfV1sExamplesIsTakenWithAWarning(String key) {
    put(Map.of("a", "wrong", key, VALUE, "z", "wrong"));

    try (CapturedLog log = new CapturedLog()) {
      fetch(withSecret());
      fetch(withSecret());

      assertThat(log.lines())
          .filteredOn(line -> line.contains("several keys"))
          .singleElement()
          .asString()
          .contains("secret=default/app-secret keys=3 used=" + key);
    }
  }

  @Test
  void ofSeveralOtherKeysTheFirstIsTaken() {
    put(Map.of("b", "wrong", "a", VALUE, "c", "wrong"));

    assertThat(fetch(withSecret())).hasSize(1);
  }

  @Test
  void secretThatIsNoneIsRefusedWithTheReason() {
    secrets.delete(SECRET);
    assertInvalid(withSecret(), "its Secret default/app-secret does not exist");
    put(Map.of());
    assertInvalid(withSecret(), "its Secret is empty");
    put(Map.of("clientSecret", " \n"));
    assertInvalid(withSecret(), "its Secret has no value");
    assertInvalid(withCertificate(), "its Secret lacks the key certificate");
    put(Map.of("certificate", "garbage", "password", "p4ss"));
    assertInvalid(withCertificate(), "it is no PKCS#12 file");
    assertThat(entra.requests().all()).isEmpty();
  }

  private void assertInvalid(AzureIdentity identity, String problem) {
    PodIdentityException error = failure(identity);
    assertThat(error.reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(error)
        .hasMessageContaining("AzureIdentity default/demo")
        .hasMessageContaining(problem);
  }

  @Test
  void whatIsNoServicePrincipalIsRefusedWithoutAskingAnybody() {
    String resourceId =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
            + "/userAssignedIdentities/id1";
    AzureIdentity managed =
        object(new Credential.ManagedIdentity(new ResourceId(resourceId), new ClientId(CLIENT_ID)));
    TokenQuery ofNode = new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), RESOURCE);

    assertThat(failure(managed).reason()).isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(
            catchThrowableOfType(PodIdentityException.class, () -> source.fetch(ofNode)).reason())
        .isEqualTo(ErrorReason.IDENTITY_INVALID);
    assertThat(entra.requests().all()).isEmpty();
  }

  @Test
  void resourceThatTheTenantDoesNotKnowIsRefused() {
    azure.rejectResource(RESOURCE);

    PodIdentityException error = failure(withSecret());

    assertThat(error.reason()).isEqualTo(ErrorReason.TOKEN_REFUSED);
    assertThat(error).hasMessageContaining("AADSTS500011").hasMessageContaining("resource");
  }

  @Test
  void neitherSecretNorPasswordNorCertificateNorTokenIsShownAnywhere() throws IOException {
    try (CapturedLog log = new CapturedLog()) {
      StringBuilder shown = new StringBuilder();
      shown.append(fetch(withSecret()));
      put(Map.of("clientSecret", VALUE + "wrong", "other", "hidden"));
      shown.append(Failures.everything(failure(withSecret())));
      putCertificate("modern.p12", "p4ssw0rd-wrong");
      shown.append(Failures.everything(failure(withCertificate())));
      putCertificate("modern.p12", "p4ss");
      shown.append(Failures.everything(failure(withCertificate())));
      shown.append(secrets.read(SECRET));

      assertThat(shown.append(log.everything()).toString())
          .doesNotContain(VALUE)
          .doesNotContain("hidden")
          .doesNotContain("p4ss")
          .doesNotContain("eyJ")
          .doesNotContain(Base64.getEncoder().encodeToString(certificateBytes()))
          .doesNotContain("Invalid client secret provided");
    }
  }

  private static byte[] certificateBytes() throws IOException {
    return Pkcs12Test.bytes("modern.p12");
  }

  private void put(Map<String, String> entries) {
    Map<String, byte[]> bytes = new TreeMap<>();
    entries.forEach((key, value) -> bytes.put(key, value.getBytes(UTF_8)));
    secrets.put(SECRET, bytes);
  }

  private void putCertificate(String file, @Nullable String password) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>(Map.of("certificate", Pkcs12Test.bytes(file)));
    if (password != null) {
      entries.put("password", password.getBytes(UTF_8));
    }
    secrets.put(SECRET, entries);
  }

  private String assertionHeader() {
    RecordedRequest last = entra.requests().all().get(entra.requests().all().size() - 1);
    String assertion = last.formFields().get("client_assertion").get(0);
    String header = assertion.substring(0, assertion.indexOf('.'));
    return new String(Base64.getUrlDecoder().decode(header), UTF_8);
  }

  private List<AccessToken> fetch(AzureIdentity identity) {
    return source.fetch(query(identity));
  }

  private PodIdentityException failure(AzureIdentity identity) {
    PodIdentityException error =
        catchThrowableOfType(PodIdentityException.class, () -> source.fetch(query(identity)));
    assertThat(error).as("refusal").isNotNull();
    return error;
  }

  private static TokenQuery query(AzureIdentity identity) {
    return new TokenQuery(new TokenQuery.Bound(identity), RESOURCE);
  }

  private static AzureIdentity withSecret() {
    return withSecret(TENANT, List.of(), null);
  }

  private static AzureIdentity withSecret(
      String tenant, List<String> auxiliary, @Nullable String endpoint) {
    return object(new Credential.ClientSecret(principal(tenant, auxiliary, endpoint)));
  }

  private static AzureIdentity withCertificate() {
    return object(new Credential.ClientCertificate(principal(TENANT, List.of(), null)));
  }

  private static Credential.ServicePrincipal principal(
      String tenant, List<String> auxiliary, @Nullable String endpoint) {
    return new Credential.ServicePrincipal(
        tenant, new ClientId(CLIENT_ID), SECRET, auxiliary, endpoint);
  }

  private static AzureIdentity inNamespace(String namespace, boolean namespacedOnly) {
    return new AzureIdentity(
        new NamespacedName(namespace, "demo"),
        "uid",
        1,
        namespacedOnly,
        new Credential.ClientSecret(principal(TENANT, List.of(), null)));
  }

  private static AzureIdentity object(Credential credential) {
    return new AzureIdentity(new NamespacedName("default", "demo"), "uid", 1, false, credential);
  }
}
