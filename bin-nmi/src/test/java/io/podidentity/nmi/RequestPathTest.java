package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.nmi.RequestPath.Route;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  // CVE-2022-23551 and its kin. v1.8.17 refuses those that match its pattern, and passes the ones
  // with a backslash or another letter case on to IMDS.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata\\identity\\oauth2\\token",
        "/metadata\\identity/oauth2/token",
        "/metadata/identity\\oauth2\\token",
        "\\metadata\\identity\\oauth2\\token",
        "/metadata%5cidentity%5Coauth2%5ctoken",
        "/metadata%5cidentity/oauth2/token",
        "/metadata%255cidentity%255coauth2%255ctoken",
        "/metadata%252fidentity%252foauth2%252ftoken",
        "/metadata%25252fidentity/oauth2/token",
        "/metadata/%2569dentity/oauth2/token",
        "/metadata/identity/OAuth2/token",
        "/metadata/Identity/oauth2/token",
        "/METADATA/IDENTITY/OAUTH2/TOKEN",
        "/metadata/identity/oauth2/TOKEN",
        "/metadata/identity/./oauth2/token",
        "/metadata/./identity/oauth2/token",
        "/metadata/instance/../identity/oauth2/token",
        "/metadata/instance/..%2fidentity/oauth2/token",
        "/metadata/instance/%2e%2e/identity/oauth2/token",
        "/metadata/instance/%252e%252e/identity/oauth2/token",
        "/metadata/identity/oauth2/token/../../../instance",
        "/metadata/identity;x/oauth2/token",
        "/metadata;a=b/identity/oauth2/token",
        "/metadata/identity/oauth2;/token",
        "/metadata/identity%3b/oauth2/token",
        "/metadata/identity/oauth2%00/token",
        "/metadata%00/identity/oauth2/token",
        "/metadata/identity%20/oauth2/token",
        "/metadata/identity/oauth2/to%6",
        "/metadata/identity/oauth2/to%zzken",
        "/metadata/id%65ntity/OAUTH2/token",
        "/metadata/identity/foo/oauth2/bar/token",
        "/x/metadata/identity/oauth2/token",
        "/metadata/identity",
        "/metadata/identity/",
        "/metadata/identity/info2",
        "/metadata/identity/info/more",
        "/metadata/v2/identity/token",
        "/metadata/\u0131dentity/oauth2/token",
        "/metadata/identity\uff0foauth2/token",
        "/metadata/%c0%afidentity/oauth2/token",
        "/metadata/identity?/oauth2/token",
        "/metadata/identity#/oauth2/token",
        "*",
        "",
        "metadata/identity/oauth2/token",
        "https://169.254.169.254/metadata/identity/oauth2/token",
        "http://169.254.169.254",
      })
  void whateverSomeServerMightTakeForAnIdentityEndpointIsRefused(String raw) {
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

  /** Random paths out of the pieces that parsers disagree about; a lenient reader is the judge. */
  @Test
  void noRandomPathThatIsPassedOnIsAnIdentityPathForALenientServer() {
    String[] pieces = {
      "/",
      "/",
      "\\",
      "//",
      ".",
      "..",
      "metadata",
      "Metadata",
      "identity",
      "IDENTITY",
      "oauth2",
      "token",
      "%2f",
      "%5c",
      "%252f",
      "%255C",
      ";",
      ";x=1",
      "%00",
      "%",
      "%2e",
      "%69",
      "%6",
      "instance",
      "info",
      "?",
      "#",
      " ",
      "%20",
      "+",
      "http://h",
      ":",
      "\u0000",
      "\u212a"
    };
    Random random = new Random(20220523);
    int passedOn = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder raw = new StringBuilder("/");
      int length = 1 + random.nextInt(12);
      for (int j = 0; j < length; j++) {
        raw.append(pieces[random.nextInt(pieces.length)]);
      }
      RequestPath path = RequestPath.of(raw.toString());
      if (path.route() == Route.INSTANCE || path.route() == Route.METADATA) {
        passedOn++;
        assertThat(lenient(path.plain())).as(raw.toString()).isNotEqualTo(Route.TOKEN);
        assertThat(path.plain()).as(raw.toString()).matches("(/[A-Za-z0-9._~-]+)*/?");
      }
    }
    assertThat(passedOn).as("paths passed on").isGreaterThan(1000);
  }

  /** Decodes until nothing changes, folds, and looks for the three words in order. */
  private static Route lenient(String path) {
    String before = "";
    String now = path;
    while (!now.equals(before)) {
      before = now;
      String decoded = Percent.decode(now, false);
      now = decoded == null ? now.replace("%", "") : decoded;
    }
    String folded = now.replace('\\', '/').toLowerCase(Locale.ROOT);
    int identity = folded.indexOf("identity");
    return identity >= 0 && folded.indexOf("token", identity) > 0 ? Route.TOKEN : Route.METADATA;
  }
}
