package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Which URLs of an answer are Resource Manager's own. */
final class ArmHttpTest {

  @ParameterizedTest
  @CsvSource({
    "https://arm.example/,       https://arm.example/operations/1",
    "https://arm.example/,       https://ARM.example:443/operations/1",
    "https://arm.example:443/,   https://arm.example/operations/1",
    "https://arm.example:8443/,  https://arm.example:8443/operations/1",
    "https://arm.example/,       https://westeurope.arm.example/operations/1"
  })
  void sameHostAndPortInAnySpellingIsOurs(String endpoint, String url) {
    assertThat(arm(endpoint).isOurs(URI.create(url))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://arm.example/,      http://arm.example/operations/1",
    "https://arm.example/,      https://arm.example:8443/operations/1",
    "https://arm.example:8443/, https://arm.example/operations/1",
    "https://arm.example/,      https://arm.example.evil/operations/1",
    "https://arm.example/,      https://evilarm.example/operations/1",
    "https://arm.example/,      https://user@arm.example/operations/1"
  })
  void otherHostPortOrSchemeIsNotOurs(String endpoint, String url) {
    assertThat(arm(endpoint).isOurs(URI.create(url))).isFalse();
  }

  private static ArmHttp arm(String endpoint) {
    KeptToken noToken = null;
    return new ArmHttp(
        URI.create(endpoint), request -> Mono.empty(), "test", noToken, Duration.ofSeconds(1));
  }
}
