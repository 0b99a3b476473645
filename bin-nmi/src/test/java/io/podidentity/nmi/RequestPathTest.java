package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.nmi.RequestPath.Route;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
  // What v1.8.17 serves as the token endpoint: a prefix of the path that Go has decoded once, with
  // "metadata" in any letter case.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/identity/oauth2/token",
        "/metadata/identity/oauth2/token/",
        "/metadata/identity/oauth2/tokenXYZ",
        "/metadata/identity/oauth2/token/more/of/it",
        "/Metadata/identity/oauth2/token",
        "/METADATA/identity/oauth2/token",
        "/metadata%2fidentity%2Foauth2%2ftoken",
        "/metadata/identity/oauth2/%74oken",
        "/m%65tadata/identity/oauth2/token",
        "/metadata/identity/oauth2/token;v=1",
        "http://169.254.169.254/metadata/identity/oauth2/token",
        // MSAL4J with AZURE_POD_IDENTITY_AUTHORITY_HOST; v1 answers 301 to these.
        "//metadata/identity/oauth2/token",
        "/metadata//identity/oauth2///token",
      })
  void tokenEndpointIsServedInTheFormsOfVersionOne(String raw) {
    assertThat(RequestPath.of(raw).route()).isEqualTo(Route.TOKEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/host/token", "/host/token/", "/host/tokens", "//host/token/", "/host%2ftoken/"})
  void hostEndpointIsAPrefixToo(String raw) {
    assertThat(RequestPath.of(raw).route()).isEqualTo(Route.HOST_TOKEN);
  }

  @ParameterizedTest
  @MethodSource
  void whateverSomeServerMightTakeForAnIdentityEndpointIsRefused(String raw) {
    assertThat(RequestPath.of(raw).route()).isEqualTo(Route.REFUSED);
  }

  static List<String> whateverSomeServerMightTakeForAnIdentityEndpointIsRefused() {
    return IdentityPaths.REFUSED;
  }

  // No path of an HTTP request, or one of another server: RFC 9112, section 3.2.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "",
        "metadata/identity/oauth2/token",
        "https://169.254.169.254/metadata/identity/oauth2/token",
        "http://169.254.169.254",
        "http://user@169.254.169.254/metadata/versions",
        "http://169.254.169.254#/metadata/versions",
        "http:///metadata/versions",
      })
  void whatIsNoPathOfThisServerIsRefused(String raw) {
    assertThat(RequestPath.of(raw).route()).isEqualTo(Route.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "/metadata/instance, INSTANCE, /metadata/instance",
    "/metadata/Instance/compute, INSTANCE, /metadata/Instance/compute",
    "/METADATA/INSTANCE, INSTANCE, /METADATA/INSTANCE",
    "//metadata//instance/, INSTANCE, /metadata/instance/",
    "/metadata/instanceinfo, INSTANCE, /metadata/instanceinfo",
    "/metadata/attested/document, METADATA, /metadata/attested/document",
    "/metadata/scheduledevents, METADATA, /metadata/scheduledevents",
    "/metadata/THIM/amd/certification, METADATA, /metadata/THIM/amd/certification",
    "/metadata/versions, METADATA, /metadata/versions",
    "/metadata/identity/info, METADATA, /metadata/identity/info",
    "/Metadata/identity/info/, METADATA, /Metadata/identity/info/",
    "/doesnotexist, METADATA, /doesnotexist",
    "/, METADATA, /",
    "http://169.254.169.254/metadata/versions, METADATA, /metadata/versions",
  })
  void whatIsPlainIsPassedOnAsItsSegmentsSay(String raw, Route route, String plain) {
    assertThat(RequestPath.of(raw)).isEqualTo(new RequestPath(route, plain));
  }

  // Blocked or not, no other spelling gets to /metadata/instance.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata\\instance",
        "/metadata%5cinstance",
        "/metadata/./instance",
        "/metadata/x/../instance",
        "/metadata/%69nstance",
        "/metadata;/instance",
        "/metadata%2finstance",
      })
  void instanceHasNoOtherSpelling(String raw) {
    assertThat(RequestPath.of(raw).route()).isEqualTo(Route.REFUSED);
  }

  @Test
  void aPathOf1024CharactersIsPassedOnAndALongerOneIsRefused() {
    String longest = "/" + "a".repeat(1023);

    assertThat(RequestPath.of(longest)).isEqualTo(new RequestPath(Route.METADATA, longest));
    assertThat(RequestPath.of(longest + "a").route()).isEqualTo(Route.REFUSED);
    assertThat(RequestPath.of("/metadata/identity/oauth2/token/" + "a".repeat(1024)).route())
        .isEqualTo(Route.REFUSED);
  }
}
