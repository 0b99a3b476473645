package io.podidentity.azure.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxySettingsTest {
  private static final URI ENTRA = URI.create("https://login.microsoftonline.com/x");

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, proxy.example, 3128",
    "proxy.example:3128, proxy.example, 3128",
    "HTTP://proxy.example/, proxy.example, 80",
    "192.0.2.1, 192.0.2.1, 80",
    "http://user:pass@proxy.example:8080, proxy.example, 8080"
  })
  void proxyIsTheOneOfTheVariable(String value, String host, int port) {
    for (String name : new String[] {"HTTPS_PROXY", "https_proxy"}) {
      ProxySettings settings =
          ProxySettings.fromEnvironment(Map.of(name, value)::get).orElseThrow();

      assertThat(settings.select(ENTRA))
          .containsExactly(
              new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
    }
  }

  @Test
  void capitalsCountFirst() {
    Map<String, String> environment =
        Map.of(
            "HTTPS_PROXY", "first:1", "https_proxy", "second:2", "no_proxy", "microsoftonline.com");
    ProxySettings settings = ProxySettings.fromEnvironment(environment::get).orElseThrow();

    assertThat(settings).hasToString("ProxySettings[first/<unresolved>:1]");
    assertThat(settings.select(ENTRA)).containsExactly(Proxy.NO_PROXY);
    assertThat(settings.authorization(ENTRA)).isNull();
  }

  @Test
  void withoutTheVariableThereIsNone() {
    assertThat(ProxySettings.fromEnvironment(name -> null)).isEmpty();
    assertThat(ProxySettings.fromEnvironment(name -> "")).isEmpty();
    assertThat(ProxySettings.fromEnvironment(Map.of("HTTP_PROXY", "p:1")::get)).isEmpty();
  }

  @Test
  void plainHttpGoesThroughNone() {
    ProxySettings settings =
        ProxySettings.fromEnvironment(Map.of("HTTPS_PROXY", "http://p:1")::get).orElseThrow();

    assertThat(settings.select(URI.create("http://169.254.169.254/metadata")))
        .containsExactly(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://hidden@p:1", "https://hidden@p:1", "http://", "http://hidden\\:1", "::"})
  void proxyThatCannotBeUsedIsAnErrorThatDoesNotRepeatIt(String value) {
    assertThatExceptionOfType(PodIdentityException.class)
        .isThrownBy(() -> ProxySettings.fromEnvironment(Map.of("HTTPS_PROXY", value)::get))
        .withMessageContaining("HTTPS_PROXY must be of the form http://HOST:PORT")
        .withMessageNotContaining("hidden")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID));
  }

  @Test
  void userAndPasswordAreNotPrinted() {
    ProxySettings settings =
        ProxySettings.fromEnvironment(Map.of("HTTPS_PROXY", "http://me:hidden@p:1")::get)
            .orElseThrow();

    assertThat(new CloudAccess(settings, null, List.of()).toString())
        .doesNotContain("hidden")
        .doesNotContain("me:");
    // RFC 7617.
    assertThat(settings.authorization(ENTRA)).isEqualTo("Basic bWU6aGlkZGVu");
  }
}
