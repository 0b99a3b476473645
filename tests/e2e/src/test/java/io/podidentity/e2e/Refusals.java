package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.HttpAnswer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assertions;

/** What all refusals of NMI have in common; {@code docs/troubleshooting.md} lists the codes. */
final class Refusals {

  private Refusals() {}

  /**
   * Checks status and cause, and the rest of what v1's refusals look like: text/plain that nobody
   * may take for anything else, with a newline at the end.
   */
  static void assertRefused(HttpAnswer answer, int status, String cause) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    Assertions.assertAll(
        answer.body(),
        () -> assertThat(answer.header("X-Pod-Identity-Error")).isEqualTo(cause),
        () -> assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8"),
        () -> assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff"),
        () -> assertThat(answer.body()).endsWith("\n").doesNotContain("access_token"),
        () ->
            assertThat(answer.header("Content-Length"))
                .isEqualTo(
                    Integer.toString(answer.body().getBytes(StandardCharsets.UTF_8).length)));
  }

  /** As {@link #assertRefused(HttpAnswer, int, String)}, and that it may be asked again then. */
  static void assertRefused(HttpAnswer answer, int status, String cause, int retryAfterSeconds) {
    assertRefused(answer, status, cause);
    assertThat(answer.header("Retry-After")).isEqualTo(Integer.toString(retryAfterSeconds));
  }
}
