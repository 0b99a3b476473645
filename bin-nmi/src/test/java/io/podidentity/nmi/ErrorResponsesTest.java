package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.matching.LivePods;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The statuses of v1's pkg/nmi/server/server.go, and where they differ, why. */
class ErrorResponsesTest {
  private final ErrorResponses errors = new ErrorResponses(false);
  private final ErrorResponses withRetryAfter = new ErrorResponses(true);

  @ParameterizedTest
  @CsvSource({
    "INVALID_REQUEST, 400, 400",
    "POD_NOT_FOUND, 500, 404",
    "POD_AMBIGUOUS, 500, 500",
    "POD_NOT_BOUND, 404, 404",
    "IDENTITY_NOT_BOUND, 404, 404",
    "IDENTITY_NOT_ASSIGNED, 404, 404",
    "IDENTITY_NOT_ALLOWED, 404, 404",
    "IDENTITY_INVALID, 503, 503",
    "IDENTITY_NOT_PERMITTED, 403, 403",
    "TOKEN_REFUSED, 403, 403",
    "TOKEN_UNAVAILABLE, 503, 503",
    "CLUSTER_UNAVAILABLE, 503, 503",
    "SHUTTING_DOWN, 503, 503",
    "TARGET_NOT_FOUND, 500, 500",
    "TARGET_NOT_PERMITTED, 500, 500",
    "TARGET_REJECTED, 500, 500",
    "TARGET_UNAVAILABLE, 500, 500",
    "CLUSTER_CONFLICT, 500, 500",
    "REDIRECT_FAILED, 500, 500",
    "CONFIGURATION_INVALID, 500, 500",
  })
  void everyReasonHasItsStatus(ErrorReason reason, int forPod, int forHost) {
    PodIdentityException error = new PodIdentityException(reason, "what happened");

    assertThat(errors.toPod(error))
        .extracting(Refusal::status, Refusal::cause)
        .containsExactly(forPod, RefusalCause.of(reason));
    assertThat(errors.toHost(error))
        .extracting(Refusal::status, Refusal::cause)
        .containsExactly(forHost, RefusalCause.of(reason));
  }

  // Azure's SDKs retry 404, 410, 429 and 5xx, and give up on 400, 401 and 403:
  // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#retry-guidance
  @ParameterizedTest
  @EnumSource(ErrorReason.class)
  void whatMayHealIsNeverAnsweredWithAStatusThatClientsTakeAsFinal(ErrorReason reason) {
    PodIdentityException error = new PodIdentityException(reason, "what happened");

    if (reason.isTransient()) {
      assertThat(errors.toPod(error).status()).isIn(404, 500, 503);
      assertThat(errors.toHost(error).status()).isIn(404, 500, 503);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorReason.class,
      names = {
        "POD_NOT_BOUND",
        "IDENTITY_NOT_BOUND",
        "IDENTITY_NOT_ASSIGNED",
        "IDENTITY_NOT_ALLOWED"
      })
  void retryAfterFlagTurnsAMissingIdentityInto503ForPodsOnly(ErrorReason reason) {
    PodIdentityException error = new PodIdentityException(reason, "none");

    RefusalCause cause = RefusalCause.of(reason);
    assertThat(withRetryAfter.toPod(error)).isEqualTo(new Refusal(503, cause, "none", 20L));
    assertThat(withRetryAfter.toHost(error)).isEqualTo(new Refusal(404, cause, "none", null));
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorReason.class,
      mode = Mode.EXCLUDE,
      names = {
        "POD_NOT_BOUND",
        "IDENTITY_NOT_BOUND",
        "IDENTITY_NOT_ASSIGNED",
        "IDENTITY_NOT_ALLOWED"
      })
  void retryAfterFlagChangesNothingElse(ErrorReason reason) {
    PodIdentityException error = new PodIdentityException(reason, "none");

    assertThat(withRetryAfter.toPod(error)).isEqualTo(errors.toPod(error));
  }

  @Test
  void adviceOfTheTokenServiceIsPassedOnInWholeSecondsRoundedUp() {
    PodIdentityException error =
        new PodIdentityException(
            ErrorReason.TOKEN_UNAVAILABLE, "throttled", Duration.ofMillis(1001), null);

    assertThat(errors.toPod(error).retryAfterSeconds()).isEqualTo(2);
  }

  @Test
  void whereTheTokenServiceDidNotAdviseTheClientIsToWaitTwoSeconds() {
    PodIdentityException untold =
        new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "what happened");

    assertThat(errors.toPod(untold).retryAfterSeconds()).isEqualTo(2);
    assertThat(errors.toHost(untold).retryAfterSeconds()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorReason.class,
      names = {"TOKEN_UNAVAILABLE", "CLUSTER_UNAVAILABLE", "SHUTTING_DOWN"})
  void whatMayHealByItselfAlwaysSaysWhenToAskAgain(ErrorReason reason) {
    PodIdentityException untold = new PodIdentityException(reason, "what happened");
    PodIdentityException atOnce =
        new PodIdentityException(reason, "what happened", Duration.ZERO, null);

    for (PodIdentityException error : List.of(untold, atOnce)) {
      assertThat(errors.toPod(error).retryAfterSeconds()).isPositive();
      assertThat(errors.toHost(error).retryAfterSeconds()).isPositive();
    }
  }

  /** The broker may be in other programs too, and on no cluster. */
  @Test
  void textsOfTheBrokerAreThoseOfNmi() throws UnknownHostException {
    InetAddress stranger = InetAddress.getByName("10.1.2.3");
    PodIdentityException unknown =
        catchThrowableOfType(PodIdentityException.class, () -> LivePods.owner(stranger, List.of()));
    PodIdentityException stopping =
        new PodIdentityException(ErrorReason.SHUTTING_DOWN, "the broker is closing");

    assertThat(errors.toPod(unknown).message())
        .startsWith("pod list is empty")
        .contains("10.1.2.3", "SNAT")
        .endsWith("kubectl get pods -A -o wide which pod of this node has it");
    for (Refusal refusal : List.of(errors.toPod(stopping), errors.toHost(stopping))) {
      assertThat(refusal.message()).isEqualTo("NMI is stopping; ask again in a moment");
    }
  }

  // https://pkg.go.dev/net/http#Error
  @Test
  void bodyHasTheFormOfGosHttpError() {
    Answer answer = new Refusal(503, RefusalCause.TOKEN_UNAVAILABLE, "what happened", 7L).answer();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString())
        .isEqualTo("what happened\n");
    assertThat(answer.headers())
        .containsOnly(
            Map.entry("Content-Type", "text/plain; charset=utf-8"),
            Map.entry("X-Content-Type-Options", "nosniff"),
            Map.entry("X-Pod-Identity-Error", "token-unavailable"),
            Map.entry("Retry-After", "7"));
  }
}
