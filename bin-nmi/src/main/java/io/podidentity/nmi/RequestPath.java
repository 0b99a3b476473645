package io.podidentity.nmi;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request's path leads. Default is refusal: a path is a token's or a host's in the forms of
 * AAD Pod Identity v1, or it is so plain that every parser reads it alike and does not lead to an
 * identity endpoint, or it is refused. So nothing that some server might take for an identity
 * endpoint is ever passed on to the metadata service (CVE-2022-23551; v1.8.17 still passes on
 * {@code /metadata\identity\oauth2\token}).
 *
 * @param route what to do with the request
 * @param plain the path to pass on, rebuilt from its segments; empty unless the route is {@code
 *     METADATA}
 */
record RequestPath(Route route, String plain) {
  /** What to do with a request. */
  enum Route {
    /** v1: prefix {@code /metadata/identity/oauth2/token}, {@code metadata} in any letter case. */
    TOKEN,
    /** v1: prefix {@code /host/token}. */
    HOST_TOKEN,
    /** Prefix {@code /metadata/instance} in any letter case, which a flag can block. */
    INSTANCE,
    /** Any other plain path of the metadata service. */
    METADATA,
    /** Not served, and never passed on. */
    REFUSED
  }

  private static final RequestPath TOKEN = new RequestPath(Route.TOKEN, "");
  private static final RequestPath HOST_TOKEN = new RequestPath(Route.HOST_TOKEN, "");
  private static final RequestPath REFUSED = new RequestPath(Route.REFUSED, "");

  private static final String METADATA = "/metadata";
  private static final String TOKEN_TAIL = "/identity/oauth2/token";

  /** What nearly every request has. */
  static final String TOKEN_PATH = METADATA + TOKEN_TAIL;

  /** The longest ones of IMDS have a fifth of this. */
  private static final int MAX_LENGTH = 1024;

  private static final String HOST_PREFIX = "/host/token";

  /** Unreserved characters of RFC 3986, section 2.3, and slashes. No escapes: nothing to decode. */
  private static final Pattern PLAIN = Pattern.compile("/[A-Za-z0-9._~/-]*");

  private static final Pattern DOT_SEGMENT = Pattern.compile("/\\.{1,2}(/|$)");
  private static final Pattern SLASHES = Pattern.compile("/{2,}");

  /** The absolute form of RFC 9112, section 3.2.2, that clients send to a proxy. */
  private static final Pattern ABSOLUTE =
      Pattern.compile("http://[a-z0-9.:\\[\\]-]+(?=/)", Pattern.CASE_INSENSITIVE);

  /** v1 passes this one on too: it tells the tenant, and no token. */
  private static final Pattern IDENTITY_INFO = Pattern.compile("/metadata/identity/info/?");

  private static final Pattern INSTANCE =
      Pattern.compile("/metadata/instance", Pattern.CASE_INSENSITIVE);

  /** The second pattern is v1's own; the first goes further. Both for lower-case paths. */
  private static final Pattern IDENTITY =
      Pattern.compile("/metadata/+identity|identity.*(oauth2|token)");

  /**
   * Reads a request target without its query.
   *
   * @param raw as it came, nothing decoded
   */
  static RequestPath of(String raw) {
    if (raw.equals(TOKEN_PATH)) {
      return TOKEN;
    }
    if (raw.length() > MAX_LENGTH) {
      return REFUSED;
    }
    String path = withoutAuthority(raw);
    String decoded = decodeAsVersionOne(path);
    if (decoded == null) {
      return REFUSED;
    }
    if (isToken(decoded)) {
      return TOKEN;
    }
    if (decoded.startsWith(HOST_PREFIX)) {
      // v1 looks for its pattern first.
      return leadsToIdentity(decoded) ? REFUSED : HOST_TOKEN;
    }
    // From here on it is about passing on: the path as it came must be plain.
    if (!PLAIN.matcher(path).matches() || DOT_SEGMENT.matcher(path).find()) {
      return REFUSED;
    }
    String plain = SLASHES.matcher(path).replaceAll("/");
    if (leadsToIdentity(plain)) {
      return REFUSED;
    }
    boolean instance = INSTANCE.matcher(plain).lookingAt();
    return new RequestPath(instance ? Route.INSTANCE : Route.METADATA, plain);
  }

  private static String withoutAuthority(String raw) {
    Matcher absolute = ABSOLUTE.matcher(raw);
    return absolute.lookingAt() ? raw.substring(absolute.end()) : raw;
  }

  private static boolean leadsToIdentity(String path) {
    String folded = path.toLowerCase(Locale.ROOT);
    return IDENTITY.matcher(folded).find() && !IDENTITY_INFO.matcher(folded).matches();
  }

  /**
   * Decodes once, as Go does before v1 looks at a path, and takes doubled slashes for one, where v1
   * would redirect: MSAL4J sends {@code //metadata/…}. Null for what cannot be decoded, and for dot
   * segments.
   */
  private static @Nullable String decodeAsVersionOne(String path) {
    String decoded = Percent.decode(path, false);
    if (decoded == null || DOT_SEGMENT.matcher(decoded).find()) {
      return null;
    }
    return decoded.contains("//") ? SLASHES.matcher(decoded).replaceAll("/") : decoded;
  }

  private static boolean isToken(String decoded) {
    return decoded.startsWith(TOKEN_TAIL, METADATA.length())
        && decoded.regionMatches(true, 0, METADATA, 0, METADATA.length());
  }
}
