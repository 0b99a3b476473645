package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.TestCertificate;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
class FakeEntraTest {
  private static final String APP = "00001111-aaaa-2222-bbbb-3333cccc4444";
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final TestCertificate KEY = TestCertificates.selfSigned("app");
  private static final TestCertificate OTHER_KEY = TestCertificates.selfSigned("other");

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z"));
  private final FakeAzure azure = new FakeAzure(clock);
  private final FakeEntra entra =
      FakeEntra.start(azure, Loopback.anyPort(), CERTIFICATES.serverContext(List.of()));
  private final TestHttp http = TestHttp.trusting(CERTIFICATES.clientContext());
  private final String tenant = azure.tenantId();

  FakeEntraTest() {
    entra.register(
        new EntraApplication(
            tenant, APP, "principal", List.of("s3cret&="), List.of(KEY.certificate()), List.of()));
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Test
  void secondVersionAnswersNumbersAsNumbers() throws IOException {
    HttpResponse<String> answer = secret(v2(tenant), APP, "s3cret&=");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = json(answer);
    assertThat(body.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(body.path("expires_in").isNumber()).isTrue();
    assertThat(body.path("expires_in").asInt()).isEqualTo(3599);
    assertThat(body.path("ext_expires_in").asInt()).isEqualTo(3599);
    JsonNode claims = FakeTokens.claimsOf(body.path("access_token").asString());
    assertThat(claims.path("appid").asString()).isEqualTo(APP);
    assertThat(claims.path("oid").asString()).isEqualTo("principal");
    assertThat(claims.path("aud").asString()).isEqualTo("https://vault.azure.net");
    assertThat(claims.has("xms_mirid")).isFalse();
  }

  @Test
  void slashAtTheEndOfAResourceSurvives() throws IOException {
    HttpResponse<String> answer =
        http.postForm(
            v2(tenant),
            "grant_type",
            "client_credentials",
            "client_id",
            APP,
            "client_secret",
            "s3cret&=",
            "scope",
            "https://management.azure.com//.default");
    assertThat(audience(answer)).isEqualTo("https://management.azure.com/");
  }

  // https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow
  @Test
  void firstVersionAnswersNumbersAsStrings() throws IOException {
    HttpResponse<String> answer =
        http.postForm(
            entra.uri() + "/" + tenant + "/oauth2/token?api-version=1.0",
            "grant_type",
            "client_credentials",
            "client_id",
            APP,
            "client_secret",
            "s3cret&=",
            "resource",
            "https://vault.azure.net");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = json(answer);
    assertThat(body.properties()).allMatch(member -> member.getValue().isString());
    assertThat(body.path("expires_in").asString()).isEqualTo("3599");
    assertThat(body.path("expires_on").asString()).isEqualTo("1595984399");
    assertThat(body.path("not_before").asString()).isEqualTo("1595980500");
    assertThat(body.path("resource").asString()).isEqualTo("https://vault.azure.net");
    assertThat(audience(answer)).isEqualTo("https://vault.azure.net");
  }

  @Test
  void wrongSecretIs7000215() throws IOException {
    HttpResponse<String> answer = secret(v2(tenant), APP, "guess");
    assertError(answer, 401, "invalid_client", 7000215, "Invalid client secret provided.");
    assertThat(json(answer).path("timestamp").asString()).isEqualTo("2020-07-29 00:00:00Z");
    assertThat(answer.body()).doesNotContain("guess");
  }

  @Test
  void unknownApplicationIs700016() throws IOException {
    assertError(
        secret(v2(tenant), "nobody", "s3cret&="),
        400,
        "unauthorized_client",
        700016,
        "Application with identifier 'nobody' was not found in the directory");
  }

  @Test
  void applicationOfAnotherTenantIsUnknownHere() throws IOException {
    entra.register(EntraApplication.withSecret("other-tenant", "app2", "s"));
    assertThat(secret(v2("other-tenant"), "app2", "s").statusCode()).isEqualTo(200);
    assertError(secret(v2(tenant), "app2", "s"), 400, "unauthorized_client", 700016, "app2");
  }

  @Test
  void unknownTenantIs90002() throws IOException {
    assertError(
        secret(v2("nowhere"), APP, "s3cret&="),
        400,
        "invalid_request",
        90002,
        "Tenant 'nowhere' not found.");
  }

  @Test
  void tenantAndApplicationAreFoundInAnyCase() throws IOException {
    assertThat(
            secret(v2(tenant.toUpperCase(Locale.ROOT)), APP.toUpperCase(Locale.ROOT), "s3cret&=")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void requestWithoutCredentialIs7000216() throws IOException {
    assertError(
        http.postForm(
            v2(tenant),
            "grant_type",
            "client_credentials",
            "client_id",
            APP,
            "scope",
            "r/.default"),
        401,
        "invalid_client",
        7000216,
        "'client_secret'");
  }

  @Test
  void scopeMustEndInDefault() throws IOException {
    assertError(
        http.postForm(
            v2(tenant),
            "grant_type",
            "client_credentials",
            "client_id",
            APP,
            "client_secret",
            "s3cret&=",
            "scope",
            "https://vault.azure.net"),
        400,
        "invalid_scope",
        1002012,
        "/.default");
  }

  @Test
  void openIdScopesThatMsalSendsAlongAreIgnored() throws IOException {
    HttpResponse<String> answer =
        http.postForm(
            v2(tenant),
            "grant_type",
            "client_credentials",
            "client_id",
            APP,
            "client_secret",
            "s3cret&=",
            "scope",
            "openid https://vault.azure.net/.default profile offline_access");
    assertThat(audience(answer)).isEqualTo("https://vault.azure.net");
  }

  @Test
  void requestIdOfTheClientComesBack() throws IOException {
    HttpResponse<String> answer =
        http.send("POST", v2(tenant), "", "client-request-id", "id-of-the-client");
    assertThat(answer.headers().firstValue("client-request-id")).contains("id-of-the-client");
    assertThat(json(answer).path("correlation_id").asString()).isEqualTo("id-of-the-client");
  }

  @Test
  void otherGrantsAreNotSupported() throws IOException {
    assertError(
        http.postForm(v2(tenant), "grant_type", "password", "client_id", APP),
        400,
        "unsupported_grant_type",
        70003,
        "password");
  }

  // https://learn.microsoft.com/entra/identity-platform/certificate-credentials
  @ParameterizedTest
  @ValueSource(strings = {"x5t", "x5t#S256"})
  void assertionSignedWithTheCertificateIsTaken(String thumbprint) throws Exception {
    HttpResponse<String> answer = assertion(assertionBy(KEY, KEY, thumbprint, v2(tenant), 600));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(FakeTokens.clientIdOf(json(answer).path("access_token").asString())).isEqualTo(APP);
  }

  /** As MSAL4J writes it. */
  @Test
  void thumbprintIsTakenInOrdinaryBase64Too() throws Exception {
    String assertion = assertionBy(KEY, KEY, "x5t#S256", v2(tenant), 600);
    String header =
        new String(
            Base64.getUrlDecoder().decode(assertion.substring(0, assertion.indexOf('.'))),
            StandardCharsets.UTF_8);
    byte[] print = MessageDigest.getInstance("SHA-256").digest(KEY.certificate().getEncoded());
    assertThat(header).contains(encode(print));
    String ordinary = header.replace(encode(print), Base64.getEncoder().encodeToString(print));
    String claims = assertion.split("\\.", -1)[1];
    String signed = encode(ordinary.getBytes(StandardCharsets.UTF_8)) + "." + claims;
    assertThat(assertion(signed + "." + sign(KEY, signed)).statusCode()).isEqualTo(200);
  }

  @Test
  void assertionOfAnotherCertificateIs700027() throws Exception {
    assertError(
        assertion(assertionBy(OTHER_KEY, OTHER_KEY, "x5t", v2(tenant), 600)),
        401,
        "invalid_client",
        700027,
        "The key was not found.");
  }

  @Test
  void assertionWithAForgedThumbprintIs700027() throws Exception {
    assertError(
        assertion(assertionBy(OTHER_KEY, KEY, "x5t#S256", v2(tenant), 600)),
        401,
        "invalid_client",
        700027,
        "signature validation");
  }

  @Test
  void expiredAssertionIs700024() throws Exception {
    String assertion = assertionBy(KEY, KEY, "x5t", v2(tenant), 600);
    clock.advance(Duration.ofMinutes(10));
    assertError(assertion(assertion), 401, "invalid_client", 700024, "valid time range");
  }

  @Test
  void assertionForAnotherTenantIs700023() throws Exception {
    assertError(
        assertion(assertionBy(KEY, KEY, "x5t", v2("elsewhere"), 600)),
        401,
        "invalid_client",
        700023,
        "audience");
  }

  // "Subject name and issuer": https://aka.ms/msal-net-sni
  @Test
  void certificateOfATrustedNameIsTakenIfItsChainComesAlong() throws Exception {
    entra.register(EntraApplication.withTrustedName(tenant, APP, "CN=app", KEY.certificate()));

    assertThat(assertion(assertionWith(KEY, KEY)).statusCode()).isEqualTo(200);
    assertError(
        assertion(assertionBy(KEY, KEY, "x5t#S256", v2(tenant), 600)),
        401,
        "invalid_client",
        700027,
        "The key was not found.");
  }

  @Test
  void trustedNameUnderAnotherAuthorityIs700027() throws Exception {
    entra.register(
        EntraApplication.withTrustedName(tenant, APP, "CN=app", OTHER_KEY.certificate()));
    assertError(
        assertion(assertionWith(KEY, KEY)),
        401,
        "invalid_client",
        700027,
        "The key was not found.");
  }

  @Test
  void anotherNameUnderTheAuthorityIs700027() throws Exception {
    entra.register(
        EntraApplication.withTrustedName(tenant, APP, "CN=app", OTHER_KEY.certificate()));
    assertError(
        assertion(assertionWith(OTHER_KEY, OTHER_KEY)),
        401,
        "invalid_client",
        700027,
        "The key was not found.");
  }

  @Test
  void chainThatBeginsWithAnotherCertificateIs700027() throws Exception {
    assertError(assertion(assertionWith(KEY, OTHER_KEY)), 401, "invalid_client", 700027, "first");
  }

  @Test
  void unknownResourceIs500011() throws IOException {
    azure.rejectResource("https://vault.azure.net");
    assertError(
        secret(v2(tenant), APP, "s3cret&="), 400, "invalid_resource", 500011, "was not found");
  }

  @Test
  void throttledAnswerSaysHowLongToWait() throws IOException {
    entra.throttle(1, Duration.ofSeconds(7));
    HttpResponse<String> answer = secret(v2(tenant), APP, "s3cret&=");
    assertError(answer, 429, "temporarily_unavailable", 90055, "too many");
    assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    assertThat(secret(v2(tenant), APP, "s3cret&=").statusCode()).isEqualTo(200);
  }

  @Test
  void discoveryDocumentLeadsToTheTokenEndpoint() throws IOException {
    HttpResponse<String> answer =
        http.get(entra.uri() + "/" + tenant + "/v2.0/.well-known/openid-configuration");
    assertThat(json(answer).path("token_endpoint").asString()).isEqualTo(v2(tenant));
  }

  @Test
  void unknownPathIsNotFound() throws IOException {
    assertThat(http.get(entra.uri() + "/x/y").statusCode()).isEqualTo(404);
  }

  @Test
  void applicationsDoNotPrintTheirSecrets() {
    assertThat(entra.applications().toString()).contains(APP).doesNotContain("s3cret");
  }

  private String v2(String tenantId) {
    return entra.uri() + "/" + tenantId + "/oauth2/v2.0/token";
  }

  private HttpResponse<String> secret(String url, String clientId, String secret)
      throws IOException {
    return http.postForm(
        url,
        "grant_type",
        "client_credentials",
        "client_id",
        clientId,
        "client_secret",
        secret,
        "scope",
        "https://vault.azure.net/.default");
  }

  private HttpResponse<String> assertion(String assertion) throws IOException {
    return http.postForm(
        v2(tenant),
        "grant_type",
        "client_credentials",
        "client_id",
        APP,
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion",
        assertion,
        "scope",
        "https://vault.azure.net/.default");
  }

  /** With a certificate sent along. */
  private String assertionWith(TestCertificate signer, TestCertificate sent) throws Exception {
    String[] parts = assertionBy(signer, signer, "x5t#S256", v2(tenant), 600).split("\\.", -1);
    String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
    String chain = Base64.getEncoder().encodeToString(sent.certificate().getEncoded());
    String longer = header.replace("{\"alg\"", "{\"x5c\":[\"" + chain + "\"],\"alg\"");
    String signed = encode(longer.getBytes(StandardCharsets.UTF_8)) + "." + parts[1];
    return signed + "." + sign(signer, signed);
  }

  private String assertionBy(
      TestCertificate signer, TestCertificate named, String thumbprint, String audience, int life)
      throws Exception {
    String digest = thumbprint.equals("x5t") ? "SHA-1" : "SHA-256";
    String print =
        encode(MessageDigest.getInstance(digest).digest(named.certificate().getEncoded()));
    long now = clock.instant().getEpochSecond();
    String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"" + thumbprint + "\":\"" + print + "\"}";
    String claims =
        "{\"aud\":\""
            + audience
            + "\",\"iss\":\""
            + APP
            + "\",\"sub\":\""
            + APP
            + "\",\"nbf\":"
            + now
            + ",\"exp\":"
            + (now + life)
            + "}";
    String signed =
        encode(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + encode(claims.getBytes(StandardCharsets.UTF_8));
    return signed + "." + sign(signer, signed);
  }

  private static String sign(TestCertificate signer, String text) throws Exception {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signer.privateKey());
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return encode(signature.sign());
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String audience(HttpResponse<String> answer) {
    return FakeTokens.claimsOf(json(answer).path("access_token").asString()).path("aud").asString();
  }

  private static void assertError(
      HttpResponse<String> answer, int status, String error, int code, String text) {
    JsonNode body = json(answer);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(body.path("error").asString()).isEqualTo(error);
    assertThat(body.path("error_codes").get(0).asInt()).isEqualTo(code);
    assertThat(body.path("error_description").asString())
        .startsWith("AADSTS" + code + ": ")
        .contains(text);
    assertThat(body.path("error_uri").asString()).endsWith("/error?code=" + code);
  }
}
