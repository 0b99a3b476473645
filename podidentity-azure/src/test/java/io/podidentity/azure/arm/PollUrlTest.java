package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

final class PollUrlTest {
  private static final URI RESOURCE =
      URI.create(
          "https://management.azure.com/subscriptions/s/resourceGroups/g/providers"
              + "/Microsoft.Compute/virtualMachines/vm?api-version=2024-07-01");
  private static final String OPERATION =
      "/subscriptions/s/providers/Microsoft.Compute/locations/westus/operations/1";

  private final ArmHttp http =
      new ArmHttp(
          URI.create("https://management.azure.com"),
          request -> Mono.empty(),
          "test-agent",
          new KeptToken(context -> Mono.empty(), "x", Clock.systemUTC()),
          Duration.ofSeconds(1));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://management.azure.com" + OPERATION,
        "HTTPS://Management.Azure.com" + OPERATION,
        "https://westus.management.azure.com" + OPERATION,
        OPERATION
      })
  void aUrlOfResourceManagerIsFollowed(String url) {
    PollUrl poll = PollUrl.of(answer(202, "Azure-AsyncOperation", url), RESOURCE, http);

    assertThat(poll.kind()).isEqualTo(PollUrl.Kind.STATUS);
    assertThat(poll.url().getPath()).isEqualTo(OPERATION);
  }

  /** The token would go there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://management.azure.com/x",
        "https://management.azure.com:8443/x",
        "https://management.azure.com.evil.example/x",
        "https://evilmanagement.azure.com/x",
        "https://user@management.azure.com/x",
        "https://evil.example/management.azure.com",
        "//evil.example/x",
        "ftp://management.azure.com/x",
        "not a URL",
        ""
      })
  void anyOtherUrlIsPassedOver(String url) {
    assertThat(PollUrl.of(answer(202, "Azure-AsyncOperation", url), RESOURCE, http))
        .isEqualTo(new PollUrl(PollUrl.Kind.RESOURCE, RESOURCE));
    assertThat(PollUrl.of(answer(202, "Location", url), RESOURCE, http))
        .isEqualTo(new PollUrl(PollUrl.Kind.RESOURCE, RESOURCE));
  }

  @Test
  void azureAsyncOperationGoesBeforeLocation() {
    ArmAnswer both = answer(202, "Azure-AsyncOperation", "/status");
    both.headers().set(HttpHeaderName.LOCATION, "/location");

    assertThat(PollUrl.of(both, RESOURCE, http).url()).hasPath("/status");
  }

  @Test
  void locationIsTheResultsAddressWhereTheStatusIs200() {
    assertThat(PollUrl.of(answer(200, "Location", "/x"), RESOURCE, http).kind())
        .isEqualTo(PollUrl.Kind.RESOURCE);
    assertThat(PollUrl.of(answer(201, "Location", "/x"), RESOURCE, http).kind())
        .isEqualTo(PollUrl.Kind.LOCATION);
  }

  @Test
  void anAnswerMayNameTheNextUrl() {
    PollUrl first = PollUrl.of(answer(202, "Location", "/first"), RESOURCE, http);

    assertThat(first.after(answer(202, "Location", "/second"), http).url()).hasPath("/second");
    assertThat(first.after(answer(202, "Location", "https://evil.example/"), http))
        .isEqualTo(first);
    assertThat(first.after(answer(202, "Other", "/second"), http)).isEqualTo(first);
  }

  @Test
  void theTokenIsNotSentElsewhereWhoeverAsksForIt() {
    assertThatThrownBy(() -> http.send(ArmCall.get("look", URI.create("https://evil.example/"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ArmAnswer answer(int status, String header, String value) {
    HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.fromString(header), value);
    return new ArmAnswer(status, headers, new byte[0]);
  }
}
