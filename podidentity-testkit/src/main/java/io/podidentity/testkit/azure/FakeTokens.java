package io.podidentity.testkit.azure;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Access tokens that look like Entra's: three base64url parts, of which the second names the
 * identity. The third is a checksum under a key of this simulated Azure, so that its Resource
 * Manager takes no other's. They are worth nothing anywhere else. Safe for use by several threads.
 */
public final class FakeTokens {
  private static final String HEADER = "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"simulated\"}";

  /** Entra antedates tokens by five minutes, for clocks that are slow. */
  static final Duration BACKDATED = Duration.ofMinutes(5);

  private final Clock clock;
  private final String tenantId;
  private final SecretKeySpec key;

  FakeTokens(Clock clock, String tenantId) {
    this.clock = clock;
    this.tenantId = tenantId;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    this.key = new SecretKeySpec(secret, "HmacSHA256");
  }

  /** Issues a token that is valid from five minutes ago until {@code lifetime} from now. */
  Issued issue(Subject subject, String audience, Duration lifetime) {
    Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", audience);
    claims.put("iss", "https://sts.windows.net/" + tenantId + "/");
    claims.put("iat", now.minus(BACKDATED).getEpochSecond());
    claims.put("nbf", now.minus(BACKDATED).getEpochSecond());
    claims.put("exp", now.plus(lifetime).getEpochSecond());
    claims.put("appid", subject.clientId());
    claims.put("appidacr", "2");
    claims.put("idtyp", "app");
    claims.put("oid", subject.principalId());
    claims.put("sub", subject.principalId());
    claims.put("tid", tenantId);
    claims.put("uti", UUID.randomUUID().toString());
    if (subject.resourceId() != null) {
      claims.put("xms_mirid", subject.resourceId());
    }
    String signed =
        encode(HEADER.getBytes(StandardCharsets.UTF_8))
            + "."
            + encode(JsonMapper.shared().writeValueAsBytes(claims));
    return new Issued(
        signed + "." + encode(checksum(signed)),
        audience,
        now.minus(BACKDATED),
        now.plus(lifetime));
  }

  /** The claims of a token that this Azure issued; empty for any other. It may have expired. */
  Optional<JsonNode> verify(String token) {
    int last = token.lastIndexOf('.');
    if (last < 0) {
      return Optional.empty();
    }
    byte[] expected =
        encode(checksum(token.substring(0, last))).getBytes(StandardCharsets.US_ASCII);
    byte[] given = token.substring(last + 1).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected, given) ? Optional.of(claimsOf(token)) : Optional.empty();
  }

  /**
   * The second part of a token, decoded: {@code appid} (client ID), {@code oid} and {@code sub}
   * (principal ID), {@code xms_mirid} (resource ID), {@code aud}, {@code exp} and more.
   *
   * @throws IllegalArgumentException if it does not look like a token
   */
  public static JsonNode claimsOf(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a token of three parts");
    }
    try {
      return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(parts[1]));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the token's second part is no JSON", e);
    }
  }

  /** The client ID that a token is for. */
  public static String clientIdOf(String token) {
    return claimsOf(token).path("appid").asString();
  }

  /** The resource ID of the managed identity that a token is for; empty for an application's. */
  public static String resourceIdOf(String token) {
    return claimsOf(token).path("xms_mirid").asString("");
  }

  private byte[] checksum(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whom a token is for; {@code resourceId} is null for an application. */
  record Subject(String clientId, String principalId, @Nullable String resourceId) {
    static Subject of(UserAssignedIdentity identity) {
      return new Subject(identity.clientId(), identity.principalId(), identity.id().text());
    }

    static Subject of(SystemAssignedIdentity identity, ArmId compute) {
      return new Subject(identity.clientId(), identity.principalId(), compute.text());
    }
  }

  /** A token and what the answer says about it. */
  record Issued(String token, String audience, Instant notBefore, Instant expiresOn) {
    @Override
    public String toString() {
      return "Issued[" + audience + ", expires " + expiresOn + "]";
    }
  }
}
