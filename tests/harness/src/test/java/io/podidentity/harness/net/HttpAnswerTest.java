package io.podidentity.harness.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HttpAnswerTest {

  @Test
  void onlyTheLastHeaderBlockCounts() {
    HttpAnswer answer =
        HttpAnswer.parse(
            """
            HTTP/1.1 100 Continue
            X-Interim: 1

            HTTP/1.1 404 Not Found
            Vary: a
            vary: b
            X-Time: 10:30

            """
                .replace("\n", "\r\n"),
            "none");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers()).containsOnlyKeys("vary", "x-time");
    assertThat(answer.headers().get("vary")).containsExactly("a", "b");
    assertThat(answer.header("X-TIME")).isEqualTo("10:30");
    assertThat(answer.header("X-Interim")).isNull();
    assertThat(answer.body()).isEqualTo("none");
  }

  @Test
  void statusWithoutAReasonIsUnderstood() {
    assertThat(HttpAnswer.parse("HTTP/2 204\r\n\r\n", "").status()).isEqualTo(204);
  }

  @Test
  void textWithoutAStatusLineIsRefused() {
    assertThatThrownBy(() -> HttpAnswer.parse("", "")).hasMessageStartingWith("no status line");
  }
}
