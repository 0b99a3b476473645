package io.podidentity.example.custom;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request asks for, in the instance metadata service's words. */
final class WireRequest {
  private static final List<String> PROXIES = List.of("X-Forwarded-For", "Forwarded", "Via");

  private WireRequest() {}

  /**
   * Reads it.
   *
   * @throws PodIdentityException with {@code INVALID_REQUEST} if it is none that may be answered
   */
  static TokenRequest of(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    if (!"true".equals(headers.getFirst("Metadata"))) {
      // Without it, a page in a browser could ask.
      throw invalid("the header Metadata: true is missing");
    }
    if (PROXIES.stream().anyMatch(headers::containsKey)) {
      // The connection's address is the proxy's then, and its token would go to whoever asks there.
      throw invalid("the request came through a proxy: ask directly (NO_PROXY)");
    }
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    if (!query.containsKey("api-version")) {
      throw invalid("the parameter api-version is missing");
    }
    return new TokenRequest(
        new Caller.ByAddress(exchange.getRemoteAddress().getAddress()),
        choice(query),
        query.getOrDefault("resource", ""));
  }

  /** What a request names, and nobody understands, must not end in another identity's token. */
  private static IdentityChoice choice(Map<String, String> query) {
    if (query.containsKey("object_id")) {
      throw invalid("object_id is not known here: use client_id or msi_res_id");
    }
    if (query.containsKey("msi_res_id") && query.containsKey("mi_res_id")) {
      throw invalid("msi_res_id and mi_res_id are two names of one thing");
    }
    String clientId = query.get("client_id");
    return new IdentityChoice(
        clientId == null ? null : new ClientId(clientId),
        query.getOrDefault("msi_res_id", query.get("mi_res_id")));
  }

  /** Parameters without a value are as good as not there. */
  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> found = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String name = decoded(parts[0]);
      String value = parts.length == 1 ? "" : decoded(parts[1]);
      if (!value.isEmpty() && found.put(name, value) != null) {
        throw invalid("the parameter " + name + " is there twice");
      }
    }
    return found;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static PodIdentityException invalid(String message) {
    return new PodIdentityException(ErrorReason.INVALID_REQUEST, message);
  }
}
