package io.podidentity.nmi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What goes back to a client.
 *
 * @param status the HTTP status
 * @param headers all of them but {@code Content-Length}, which the body gives
 * @param body whole; not to be moved, but duplicated
 */
record Answer(int status, Map<String, String> headers, ByteBuffer body) {
  private static final String CONTENT_TYPE = "Content-Type";
  private static final Map<String, String> JSON = Map.of(CONTENT_TYPE, "application/json");

  /** The body of AAD Pod Identity v1 for a missing header: the one error that is JSON. */
  private static final ByteBuffer NO_METADATA_HEADER =
      utf8(
          "{\"error\":\"invalid_request\","
              + "\"error_description\":\"Required metadata header not specified\"}\n");

  /** 200 with a JSON body. */
  static Answer json(ByteBuffer body) {
    return new Answer(200, JSON, body);
  }

  /** A refusal for a missing or wrong {@code Metadata} header. */
  static Answer withoutMetadataHeader() {
    return new Answer(
        400,
        Map.of(
            CONTENT_TYPE,
            "application/json; charset=utf-8",
            Refusal.CODE_HEADER,
            RefusalCause.METADATA_HEADER_MISSING.code()),
        NO_METADATA_HEADER);
  }

  static ByteBuffer utf8(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }
}
