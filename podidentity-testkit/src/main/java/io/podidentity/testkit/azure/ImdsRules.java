package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the metadata service refuses before it looks at what is asked.
 *
 * <p>Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service, sections
 * "Security and authentication" and "Versioning".
 */
final class ImdsRules {
  static final String FIRST_VERSION = "2017-03-01";
  static final String FIRST_TOKEN_VERSION = "2018-02-01";

  private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final List<String> NEWEST = List.of("2021-12-13", "2021-11-15", "2021-11-01");

  private ImdsRules() {}

  static Optional<Reply> refuse(RecordedRequest request) {
    // The value is compared exactly: "True" is refused.
    if (!request.header("Metadata").equals(Optional.of("true"))) {
      return Optional.of(error(400, "bad_request_102", "Required metadata header not specified"));
    }
    // The page names no text for this one and the next two.
    if (request.header("X-Forwarded-For").isPresent()) {
      return Optional.of(
          error(400, "invalid_request", "Requests with an X-Forwarded-For header are refused"));
    }
    if (!request.method().equals("GET")) {
      return Optional.of(
          error(405, "method_not_allowed", "Only GET is allowed").with("Allow", "GET"));
    }
    return request.queryParameters().entrySet().stream()
        .filter(parameter -> parameter.getValue().size() > 1)
        .findFirst()
        .map(
            twice ->
                error(400, "invalid_request", "Query parameter given twice: " + twice.getKey()));
  }

  static Optional<Reply> refuseVersion(RecordedRequest request, String oldest) {
    String version = request.queryParameter("api-version").orElse("");
    if (version.isEmpty()) {
      return Optional.of(
          versions(
              "Bad request. api-version was not specified in the request. For more information"
                  + " refer to aka.ms/azureimds"));
    }
    if (!VERSION.matcher(version).matches() || version.compareTo(oldest) < 0) {
      return Optional.of(
          versions(
              "Bad request. api-version is invalid or was not specified in the request. For more"
                  + " information refer to aka.ms/azureimds"));
    }
    return Optional.empty();
  }

  static Reply notFound() {
    return error(404, "not_found", "The requested resource is not found");
  }

  /** A source address that belongs to no machine. */
  static Reply unknownSource() {
    return error(401, "unknown_source", "Unknown Source");
  }

  static Reply error(int status, String error, String description) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put("error_description", description);
    return Reply.json(status, body);
  }

  private static Reply versions(String error) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put("newest-versions", NEWEST);
    return Reply.json(400, body);
  }
}
