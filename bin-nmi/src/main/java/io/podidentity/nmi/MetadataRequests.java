package io.podidentity.nmi;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Methods;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes the requests to the metadata service out of those that are passed on. */
final class MetadataRequests {
  /**
   * What IMDS and its clients need. AAD Pod Identity v1 copies all; among those are some that name
   * another path or method to servers that honour them, such as {@code X-Original-URL} and {@code
   * X-HTTP-Method-Override}, and nobody outside knows which ones IMDS does.
   */
  private static final Set<String> PASSED =
      Set.of(
          "accept",
          "accept-encoding",
          "accept-language",
          "content-type",
          "if-match",
          "if-none-match",
          "metadata",
          "user-agent",
          "x-client-request-id",
          "x-ms-client-request-id",
          "x-ms-return-client-request-id");

  private final URI service;

  /**
   * Requests to one service.
   *
   * @param service the service's address, without a path
   */
  MetadataRequests(URI service) {
    this.service = service;
  }

  /**
   * The request to send.
   *
   * @param path plain
   * @param body empty for none; a GET has none
   * @throws IllegalArgumentException if the query, a header or the method is malformed
   */
  HttpRequest of(HttpServerExchange exchange, String path, byte[] body) {
    String query = exchange.getQueryString();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(service + path + (query.isEmpty() ? "" : "?" + query)));
    if (exchange.getRequestMethod().equals(Methods.GET)) {
      builder.GET();
    } else {
      builder.method(
          exchange.getRequestMethod().toString(),
          body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    }
    EndToEndHeaders.of(passed(exchange)).forEach(builder::setHeader);
    return builder.build();
  }

  private static Map<String, List<String>> passed(HttpServerExchange exchange) {
    Map<String, List<String>> headers = new HashMap<>();
    for (HeaderValues values : exchange.getRequestHeaders()) {
      String name = values.getHeaderName().toString();
      String folded = name.toLowerCase(Locale.ROOT);
      // A header that Connection names is about this connection, whatever it is.
      if (PASSED.contains(folded) || folded.equals("connection")) {
        headers.put(name, List.copyOf(values));
      }
    }
    return headers;
  }
}
