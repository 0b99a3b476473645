package io.podidentity.testkit.conformance;

import static io.podidentity.testkit.conformance.ConformanceClient.json;

import io.podidentity.testkit.conformance.ConformanceCase.Check;
import io.podidentity.testkit.conformance.ConformanceCase.Level;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The cases, each with its source. A message of theirs never holds a body. */
final class ConformanceCases {
  /** How a token is asked for, and what the answer and its errors hold. */
  private static final String TOKENS =
      "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources"
          + "/how-to-use-vm-token";

  /** What every request needs, and what is refused. */
  private static final String SERVICE =
      "https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service";

  /** An ID that nobody has: of RFC 9562's version 4, and zero otherwise. */
  private static final String NOBODY = "00000000-0000-4000-8000-000000000000";

  private static final int AT_ONCE = 5;

  private ConformanceCases() {}

  static List<ConformanceCase> all() {
    return Stream.of(
            required("a token is given for a resource", TOKENS, ConformanceCases::token),
            required(
                "the answer is for the resource that was asked",
                TOKENS,
                ConformanceCases::resource),
            required("numbers of the answer are strings", TOKENS, ConformanceCases::numbers),
            required("the answer is JSON by its type", TOKENS, ConformanceCases::type),
            required("the token is not for a past time", TOKENS, ConformanceCases::expiry),
            required(AT_ONCE + " requests at once are served", SERVICE, ConformanceCases::atOnce),
            required(
                "no token without the header Metadata: true",
                SERVICE,
                it -> refused(it, it.withoutHeader())),
            required(
                "no token for a request that came through a proxy",
                SERVICE,
                it -> refused(it, it.token().header("X-Forwarded-For", "10.0.0.1"))),
            required(
                "no token without a resource",
                TOKENS,
                it -> refused(it, it.at("/metadata/identity/oauth2/token?api-version=2018-02-01"))),
            required(
                "no token for an identity that is not there",
                TOKENS,
                it -> refused(it, it.tokenWith("&client_id=" + NOBODY))),
            required(
                "no token at a path that only looks like it",
                SERVICE,
                it -> refused(it, it.at("/metadata/identity/oauth2/tokens"))),
            advised(
                "no token for POST",
                SERVICE,
                it -> refused(it, it.token().POST(HttpRequest.BodyPublishers.noBody()))),
            advised(
                "a missing header is a malformed request (400)",
                SERVICE,
                it -> status(it, it.withoutHeader(), 400)),
            advised(
                "a missing resource is a malformed request (400)",
                TOKENS,
                it ->
                    status(
                        it, it.at("/metadata/identity/oauth2/token?api-version=2018-02-01"), 400)),
            advised(
                "a request needs an api-version",
                SERVICE,
                it -> refused(it, it.at("/metadata/identity/oauth2/token?resource=r"))),
            advised(
                "an error says what is wrong in JSON",
                TOKENS,
                it -> errorBody(it.send(it.withoutHeader()))),
            advised(
                "an unknown path is not found (404)",
                SERVICE,
                it -> status(it, it.at("/nowhere"), 404)))
        .toList();
  }

  private static ConformanceCase required(String name, String source, Check check) {
    return new ConformanceCase(name, Level.REQUIRED, source, check);
  }

  private static ConformanceCase advised(String name, String source, Check check) {
    return new ConformanceCase(name, Level.ADVISED, source, check);
  }

  private static JsonNode granted(ConformanceClient endpoint)
      throws IOException, InterruptedException {
    return granted(endpoint.send(endpoint.token()));
  }

  private static JsonNode granted(HttpResponse<String> answer) {
    check(answer.statusCode() == 200, "status " + answer.statusCode());
    JsonNode body = json(answer);
    check(body.isObject(), "the body is no JSON object");
    return body;
  }

  private static void token(ConformanceClient endpoint) throws IOException, InterruptedException {
    JsonNode body = granted(endpoint);
    check(!body.path("access_token").asString("").isEmpty(), "no access_token");
    String type = body.path("token_type").asString("");
    check(type.equalsIgnoreCase("Bearer"), "token_type is \"" + type + "\"");
  }

  private static void resource(ConformanceClient endpoint)
      throws IOException, InterruptedException {
    String resource = granted(endpoint).path("resource").asString("");
    check(bare(resource).equals(bare(endpoint.resource())), "resource is \"" + resource + "\"");
  }

  /** Entra ID may answer with or without the slash at the end. */
  private static String bare(String resource) {
    return resource.endsWith("/") ? resource.substring(0, resource.length() - 1) : resource;
  }

  private static void numbers(ConformanceClient endpoint) throws IOException, InterruptedException {
    JsonNode body = granted(endpoint);
    for (String name : List.of("expires_in", "expires_on", "not_before")) {
      check(body.path(name).isString(), name + " is no string");
      check(body.path(name).asString().matches("[0-9]+"), name + " is no number");
    }
  }

  private static void type(ConformanceClient endpoint) throws IOException, InterruptedException {
    String type =
        endpoint.send(endpoint.token()).headers().firstValue("Content-Type").orElse("none");
    check(type.toLowerCase(Locale.ROOT).startsWith("application/json"), "it is " + type);
  }

  private static void expiry(ConformanceClient endpoint) throws IOException, InterruptedException {
    JsonNode body = granted(endpoint);
    long left = body.path("expires_in").asLong(0);
    check(left > 0, "expires_in is " + left);
    long end = body.path("expires_on").asLong(0);
    check(
        end > body.path("not_before").asLong(Long.MAX_VALUE), "expires_on is not after not_before");
    // expires_in may count from when the token was issued, so the two need not agree.
    long past = endpoint.now().getEpochSecond() - end;
    check(past < 0, "expires_on is " + past + " s ago");
  }

  private static void atOnce(ConformanceClient endpoint) {
    List<CompletableFuture<HttpResponse<String>>> asked =
        Stream.generate(() -> endpoint.sendAsync(endpoint.token())).limit(AT_ONCE).toList();
    asked.forEach(answer -> granted(answer.join()));
  }

  private static void refused(ConformanceClient endpoint, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = endpoint.send(request);
    int status = answer.statusCode();
    check(status >= 400, "status " + status);
    // Whoever asks again might get a token.
    check(status != 429 && status < 500, "could not tell: status " + status + " is no refusal");
    check(!answer.body().contains("access_token"), "there is an access_token in the answer");
  }

  private static void status(ConformanceClient endpoint, HttpRequest.Builder request, int wanted)
      throws IOException, InterruptedException {
    int status = endpoint.send(request).statusCode();
    check(status == wanted, "status " + status);
  }

  private static void errorBody(HttpResponse<String> answer) {
    JsonNode body = json(answer);
    check(body.path("error").isString(), "no error");
    check(body.path("error_description").isString(), "no error_description");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
