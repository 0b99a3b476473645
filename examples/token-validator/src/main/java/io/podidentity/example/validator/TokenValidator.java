package io.podidentity.example.validator;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks for tokens as a pod does, and checks them: by the identity's client ID, by its resource ID,
 * and without an ID, all at once. With a key vault it also reads a secret with each of the first
 * two. That is what the {@code identityvalidator} of AAD Pod Identity v1 did in its end-to-end
 * tests, under the same flags. One file without dependencies, so that any JDK runs it as it is:
 * {@code java TokenValidator.java --identity-client-id=…}; {@code pod.yaml} does that in a cluster.
 *
 * <p>Flags: {@code --identity-client-id}, {@code --identity-resource-id}, {@code --resource}
 * (default: Azure Resource Manager's), {@code --keyvault-name}, {@code --keyvault-secret-name},
 * {@code --keyvault-secret-version}, {@code --keyvault-url} (default: the public cloud's of that
 * name), {@code --attempts} (10) and {@code --interval} in seconds (10), for what may heal. The
 * variable {@code AZURE_POD_IDENTITY_AUTHORITY_HOST} is another place than the metadata service's.
 *
 * <p>It prints a line for each check, never a token, and exits with 1 if one fails.
 */
public final class TokenValidator {
  private static final String KEY_VAULT = "https://vault.azure.net";

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Map<String, String> flags;
  private final String authority;

  private TokenValidator(Map<String, String> flags, String authority) {
    this.flags = flags;
    this.authority = authority;
  }

  /** A check that fails. */
  private static final class InvalidException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidException(String message) {
      super(message);
    }
  }

  /** Checks, and exits. */
  public static void main(String[] arguments) {
    Map<String, String> flags = new HashMap<>();
    for (String argument : arguments) {
      String[] parts = argument.replaceFirst("^--?", "").split("=", 2);
      flags.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    String authority =
        System.getenv()
            .getOrDefault("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://169.254.169.254")
            .replaceFirst("/$", "");
    System.exit(new TokenValidator(flags, authority).run() ? 0 : 1);
  }

  private boolean run() {
    String clientId = flag("identity-client-id");
    String resourceId = flag("identity-resource-id");
    List<CompletableFuture<Boolean>> checks = new ArrayList<>();
    checks.add(check("without an ID", ""));
    if (!clientId.isEmpty()) {
      checks.add(check("by client ID", "&client_id=" + encoded(clientId)));
    }
    if (!resourceId.isEmpty()) {
      checks.add(check("by resource ID", "&msi_res_id=" + encoded(resourceId)));
    }
    // All of them are waited for.
    return !checks.stream().map(CompletableFuture::join).toList().contains(false);
  }

  private CompletableFuture<Boolean> check(String how, String id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            System.out.println("ok     " + how + ": " + validate(id));
            return true;
          } catch (InvalidException | IOException e) {
            System.out.println("failed " + how + ": " + e.getMessage());
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        });
  }

  private String validate(String id) throws InvalidException, IOException, InterruptedException {
    String resource = flags.getOrDefault("resource", "https://management.azure.com/");
    String claims = claims(token(resource, id), resource);
    String who = "token of " + member(claims, "appid");
    if (flag("keyvault-secret-name").isEmpty() || id.isEmpty()) {
      return who;
    }
    readSecret(token(KEY_VAULT, id));
    return who + ", and the secret is read";
  }

  /** Asks until there is one, as long as it may heal. */
  private String token(String resource, String id)
      throws InvalidException, IOException, InterruptedException {
    URI uri =
        URI.create(
            authority
                + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                + encoded(resource)
                + id);
    int attempts = Integer.parseInt(flags.getOrDefault("attempts", "10"));
    for (int attempt = 1; ; attempt++) {
      HttpResponse<String> answer = get(uri, "Metadata", "true");
      if (answer.statusCode() == 200) {
        checkMembers(answer.body(), resource);
        return member(answer.body(), "access_token");
      }
      boolean mayHeal = answer.statusCode() == 404 || answer.statusCode() >= 429;
      if (!mayHeal || attempt >= attempts) {
        throw new InvalidException("status " + answer.statusCode() + " " + answer.body().strip());
      }
      Thread.sleep(1000L * Integer.parseInt(flags.getOrDefault("interval", "10")));
    }
  }

  private static void checkMembers(String answer, String resource) throws InvalidException {
    Instant expiry = Instant.ofEpochSecond(Long.parseLong(member(answer, "expires_on")));
    require(expiry.isAfter(Instant.now()), "it expired at " + expiry);
    require(member(answer, "token_type").equals("Bearer"), "it is no bearer token");
    require(member(answer, "resource").equals(resource), "it is for another resource");
  }

  /** What is in the token. The service it is for checks its signature. */
  private String claims(String token, String resource) throws InvalidException {
    String[] parts = token.split("\\.", -1);
    require(parts.length == 3, "it is not a signed token");
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String audience = member(claims, "aud").replaceFirst("/$", "");
    require(audience.equals(resource.replaceFirst("/$", "")), "it is for " + audience);
    String clientId = flag("identity-client-id");
    require(
        clientId.isEmpty() || clientId.equalsIgnoreCase(member(claims, "appid")),
        "it is the token of " + member(claims, "appid"));
    String resourceId = flag("identity-resource-id");
    require(
        resourceId.isEmpty() || resourceId.equalsIgnoreCase(member(claims, "xms_mirid")),
        "it is the token of " + member(claims, "xms_mirid"));
    return claims;
  }

  private void readSecret(String token) throws InvalidException, IOException, InterruptedException {
    String vault =
        flags.getOrDefault("keyvault-url", "https://" + flag("keyvault-name") + ".vault.azure.net");
    URI uri =
        URI.create(
            "%s/secrets/%s/%s?api-version=7.4"
                .formatted(vault, flag("keyvault-secret-name"), flag("keyvault-secret-version")));
    int status = get(uri, "Authorization", "Bearer " + token).statusCode();
    require(status == 200, "the key vault answers " + status);
  }

  private HttpResponse<String> get(URI uri, String header, String value)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri).header(header, value).timeout(Duration.ofMinutes(2)).build(),
        BodyHandlers.ofString());
  }

  /**
   * The value of a member that is a text, of an object without escapes; empty if it is not there.
   */
  private static String member(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  private static void require(boolean holds, String problem) throws InvalidException {
    if (!holds) {
      throw new InvalidException(problem);
    }
  }

  private String flag(String name) {
    return flags.getOrDefault(name, "");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
