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
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Another issuer's token for one of Entra ID's.
 *
 * <p>https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations and
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, "Third
 * case".
 */
class FakeEntraFederationTest {
  private static final String APP = "00001111-aaaa-2222-bbbb-3333cccc4444";
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final TestCertificate KEY = TestCertificates.selfSigned("issuer");
  private static final TestCertificate OTHER_KEY = TestCertificates.selfSigned("other");
  private static final Instant NOW = Instant.parse("2020-07-29T00:00:00Z");

  private final FakeAzure azure = new FakeAzure(MutableClock.startingAt(NOW));
  private final FakeEntra entra =
      FakeEntra.start(azure, Loopback.anyPort(), CERTIFICATES.serverContext(List.of()));
  private final TestHttp http = TestHttp.trusting(CERTIFICATES.clientContext());
  private final Map<String, Object> claims =
      new TreeMap<>(
          Map.of(
              "iss", "https://issuer.example",
              "sub", "system:serviceaccount:ns:sa",
              "aud", "api://AzureADTokenExchange",
              "nbf", NOW.getEpochSecond(),
              "exp", NOW.getEpochSecond() + 600));

  FakeEntraFederationTest() {
    entra.register(
        EntraApplication.withFederation(
            azure.tenantId(),
            APP,
            new EntraApplication.FederatedCredential(
                "https://issuer.example",
                "system:serviceaccount:ns:sa",
                KEY.certificate().getPublicKey())));
  }

  @AfterEach
  void stop() {
    entra.close();
  }

  @Test
  void tokenOfATrustedIssuerIsExchangedForOneOfTheApplication() throws IOException {
    HttpResponse<String> answer = exchange("RS256", KEY);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String token = json(answer).path("access_token").asString();
    assertThat(FakeTokens.clientIdOf(token)).isEqualTo(APP);
    assertThat(FakeTokens.claimsOf(token).path("aud").asString())
        .isEqualTo("https://vault.azure.net");
    assertThat(json(answer).path("expires_in").isNumber()).isTrue();
  }

  /** Compared exactly, letter case and slashes included. */
  @ParameterizedTest
  @CsvSource({
    "iss, https://issuer.example/",
    "iss, https://ISSUER.example",
    "sub, system:serviceaccount:ns:SA",
    "sub, ''",
    "aud, https://vault.azure.net"
  })
  void whatNoCredentialNamesIs70021(String claim, String value) throws IOException {
    claims.put(claim, value);

    assertError(exchange("RS256", KEY), 400, "invalid_request", 70021);
  }

  @Test
  void tokenThatTheIssuerDidNotSignIs700027() throws IOException {
    assertError(exchange("RS256", OTHER_KEY), 401, "invalid_client", 700027);
    assertError(exchange("none", KEY), 401, "invalid_client", 700027);
  }

  @Test
  void tokenBeforeOrAfterItsTimeIs700024() throws IOException {
    claims.put("exp", NOW.getEpochSecond());
    assertError(exchange("RS256", KEY), 401, "invalid_client", 700024);

    claims.put("exp", NOW.getEpochSecond() + 3600);
    claims.put("nbf", NOW.getEpochSecond() + 1800);
    assertError(exchange("RS256", KEY), 401, "invalid_client", 700024);
  }

  private HttpResponse<String> exchange(String algorithm, TestCertificate signer)
      throws IOException {
    String signed = part(Map.of("alg", algorithm, "typ", "JWT")) + "." + part(claims);
    return http.postForm(
        entra.uri() + "/" + azure.tenantId() + "/oauth2/v2.0/token",
        "grant_type",
        "client_credentials",
        "client_id",
        APP,
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion",
        signed + "." + signature(signer, signed),
        "scope",
        "https://vault.azure.net/.default");
  }

  private static String signature(TestCertificate signer, String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(signer.privateKey());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  private static String part(Map<String, ?> json) {
    return encode(JsonMapper.shared().writeValueAsBytes(json));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void assertError(HttpResponse<String> answer, int status, String error, int code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer).path("error").asString()).isEqualTo(error);
    assertThat(json(answer).path("error_codes").get(0).asInt()).isEqualTo(code);
  }
}
