package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.testkit.azure.FakeTokens;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A token as NMI answers it to a pod. */
final class TokenAnswer {

  private final JsonNode body;

  private TokenAnswer(JsonNode body) {
    this.body = body;
  }

  /** The answer of a request that must have succeeded. */
  static TokenAnswer of(HttpAnswer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return parse(answer.body());
  }

  /** The body of a successful answer: v1's seven members in v1's order, all of them strings. */
  static TokenAnswer parse(String body) {
    return new TokenAnswer(checked(JsonMapper.shared().readTree(body)));
  }

  /** The answer to a node's component, as v1 gives it: the token as above, and the client ID. */
  static TokenAnswer ofHost(HttpAnswer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode body = JsonMapper.shared().readTree(answer.body());
    assertThat(body.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("token", "clientid");
    TokenAnswer token = new TokenAnswer(checked(body.path("token")));
    assertThat(token.clientId()).isEqualTo(body.path("clientid").asString());
    return token;
  }

  private static JsonNode checked(JsonNode token) {
    assertThat(token.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "access_token",
            "refresh_token",
            "expires_in",
            "expires_on",
            "not_before",
            "resource",
            "token_type");
    assertThat(token.values()).allMatch(JsonNode::isString, "is a string");
    return token;
  }

  String member(String name) {
    return body.path(name).asString();
  }

  String token() {
    return member("access_token");
  }

  /** The identity that the token is for. */
  String clientId() {
    return FakeTokens.clientIdOf(token());
  }
}
