package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import java.util.List;
import java.util.Map;

/** A recorded request as JSON; the members are those of {@link RecordedRequest}. */
record ControlRequest(
    long number,
    String at,
    String source,
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    String body) {

  static ControlRequest of(RecordedRequest request) {
    return new ControlRequest(
        request.number(),
        request.at().toString(),
        request.source(),
        request.method(),
        request.path(),
        request.query(),
        request.headers(),
        request.body());
  }

  /** Without headers and body, which may hold secrets. */
  @Override
  public String toString() {
    return "#" + number + " " + method + " " + path;
  }
}
