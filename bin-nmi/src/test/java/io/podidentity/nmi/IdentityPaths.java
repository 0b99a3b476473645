package io.podidentity.nmi;

import java.util.List;

/** Spellings of the token endpoint's path that are none of AAD Pod Identity v1's. */
final class IdentityPaths {
  /** v1.8.17 passes this one on to IMDS; it is the first of {@link #REFUSED} too. */
  static final String LEFT_OPEN_BY_VERSION_ONE = "/metadata\\identity\\oauth2\\token";

  /**
   * CVE-2022-23551 and its kin: what some server might read as an identity endpoint. v1.8.17
   * refuses those that match its pattern, and passes the ones with a backslash or another letter
   * case on to IMDS.
   *
   * @see <a href="https://github.com/advisories/GHSA-p82q-rxpm-hjpc">GHSA-p82q-rxpm-hjpc</a>
   */
  static final List<String> REFUSED =
      List.of(
          LEFT_OPEN_BY_VERSION_ONE,
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
          "/metadata/instance/..;/identity/oauth2/token",
          "/metadata/identity/oauth2/token/../../../instance",
          "/metadata/identity;x/oauth2/token",
          "/metadata;a=b/identity/oauth2/token",
          "/metadata/identity/oauth2;/token",
          "/metadata/identity%3b/oauth2/token",
          "/metadata/identity/oauth2%00/token",
          "/metadata%00/identity/oauth2/token",
          "/metadata/identity%20/oauth2/token",
          "/metadata/ident\tity/oauth2/token",
          "/metadata/identity/oauth2/to%6",
          "/metadata/identity/oauth2/to%zzken",
          "/metadata/id%65ntity/OAUTH2/token",
          "/metadata/identity/foo/oauth2/bar/token",
          "/x/metadata/identity/oauth2/token",
          "/host/token/metadata/identity/oauth2/token",
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
          "http://h\\metadata\\identity\\oauth2\\token",
          "http://h#/metadata/identity/info");

  private IdentityPaths() {}
}
