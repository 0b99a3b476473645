package io.podidentity.azure.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthorityEndpointsTest {
  private static final AzureIdentity IDENTITY =
      new AzureIdentity(
          new NamespacedName("default", "demo"), "uid", 1, false, new Credential.Unusable("a"));

  private final AuthorityEndpoints endpoints =
      new AuthorityEndpoints(
          URI.create("https://login.microsoftonline.com"),
          Set.of(URI.create("https://adfs.local.azurestack.external/some/path/")));

  @Test
  void identityThatNamesNoneHasTheCloudsOwn() {
    assertThat(endpoints.choose(null, IDENTITY))
        .isEqualTo(URI.create("https://login.microsoftonline.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://login.microsoftonline.com/, https://login.microsoftonline.com",
    "https://login.microsoftonline.us, https://login.microsoftonline.us",
    "https://login.chinacloudapi.cn/, https://login.chinacloudapi.cn",
    "https://login.partner.microsoftonline.cn, https://login.partner.microsoftonline.cn",
    "https://login.microsoftonline.de/, https://login.microsoftonline.de",
    "https://login.windows.net/, https://login.windows.net",
    "HTTPS://Login.MicrosoftOnline.US:443//, https://login.microsoftonline.us",
    "' https://login.windows.net ', https://login.windows.net",
    "https://adfs.local.azurestack.external/some/path,"
        + " https://adfs.local.azurestack.external/some/path"
  })
  void endpointOfAKnownOrConfiguredCloudIsTaken(String written, String chosen) {
    assertThat(endpoints.choose(written, IDENTITY)).isEqualTo(URI.create(chosen));
  }

  /** In v1 each of these is sent the secret. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "http://login.microsoftonline.com",
        "login.microsoftonline.com",
        "https://login.microsoftonline.com.evil.example/",
        "https://evil.example/login.microsoftonline.com",
        "https://evil.example?https://login.microsoftonline.com",
        "https://evil.example#login.microsoftonline.com",
        "https://login.microsoftonline.com@evil.example",
        "https://user@login.microsoftonline.com",
        "https://login.microsoftonline.com:8443",
        "https://login.microsoftonline.com/evil",
        "https://login.microsoftonline.com.",
        "https://login.microsoftonline.com\\@evil.example",
        "https://evil.example\\login.microsoftonline.com",
        "https://login.microsoftonline.com%2eevil.example",
        "https://adfs.local.azurestack.external",
        "https://adfs.local.azurestack.external/some/path/../other",
        "https://169.254.169.254",
        "https://[::1]",
        "file:///etc/passwd",
        "",
        " "
      })
  void anyOtherEndpointIsRefusedAndNotRepeated(String written) {
    PodIdentityException refusal =
        catchThrowableOfType(PodIdentityException.class, () -> endpoints.choose(written, IDENTITY));

    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).isEqualTo(ErrorReason.IDENTITY_NOT_PERMITTED);
    assertThat(refusal)
        .hasMessageContaining("AzureIdentity default/demo")
        .hasMessageContaining("adEndpoint");
    assertThat(refusal.getMessage()).doesNotContain("evil").doesNotContain("passwd");
  }

  @Test
  void permittedEndpointMustBeHttps() {
    URI own = URI.create("https://login.microsoftonline.com");

    assertThatThrownBy(() -> new AuthorityEndpoints(own, Set.of(URI.create("http://a"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AuthorityEndpoints(URI.create("ftp://a"), Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
