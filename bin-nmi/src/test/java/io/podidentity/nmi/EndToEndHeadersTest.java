package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndToEndHeadersTest {
  // https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1
  @Test
  void whatIsAboutOneConnectionIsNotPassedOn() {
    assertThat(
            EndToEndHeaders.of(
                Map.of(
                    "connection", List.of("close, X-One", "x-two"),
                    "Keep-Alive", List.of("timeout=5"),
                    "Transfer-Encoding", List.of("chunked"),
                    "Upgrade", List.of("h2c"),
                    "x-one", List.of("1"),
                    "X-Two", List.of("2"),
                    "X-Three", List.of("3"))))
        .containsOnly(Map.entry("X-Three", "3"));
  }

  @Test
  void whatTheHttpLibrariesSetThemselvesIsNotPassedOn() {
    assertThat(
            EndToEndHeaders.of(
                Map.of(
                    "Host", List.of("a"),
                    "Content-Length", List.of("3"),
                    "Date", List.of("today"),
                    "Expect", List.of("100-continue"),
                    ":status", List.of("200"))))
        .isEmpty();
  }

  @Test
  void severalValuesBecomeOne() {
    assertThat(EndToEndHeaders.of(Map.of("Accept", List.of("a", "b"))))
        .containsOnly(Map.entry("Accept", "a, b"));
  }
}
