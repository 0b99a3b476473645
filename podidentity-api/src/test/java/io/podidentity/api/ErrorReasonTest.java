package io.podidentity.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorReasonTest {
  @ParameterizedTest
  @EnumSource
  void theCodeIsTheNameInLowerCase(ErrorReason reason) {
    assertThat(reason.code()).isEqualTo(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  @Test
  void whatOnlyAPersonCanHealIsNotTransient() {
    assertThat(Arrays.stream(ErrorReason.values()).filter(reason -> !reason.isTransient()))
        .containsExactly(
            ErrorReason.INVALID_REQUEST,
            ErrorReason.POD_NOT_BOUND,
            ErrorReason.IDENTITY_INVALID,
            ErrorReason.IDENTITY_NOT_PERMITTED,
            ErrorReason.TOKEN_REFUSED,
            ErrorReason.TARGET_NOT_FOUND,
            ErrorReason.TARGET_NOT_PERMITTED,
            ErrorReason.CONFIGURATION_INVALID);
  }

  @Test
  void anExceptionCarriesItsReasonCauseAndWait() {
    Exception cause = new Exception();
    PodIdentityException error =
        new PodIdentityException(
            ErrorReason.TARGET_UNAVAILABLE, "busy", Duration.ofSeconds(7), cause);

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error.retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(error).hasMessage("busy").hasCause(cause);
    assertThat(new PodIdentityException(ErrorReason.POD_NOT_FOUND, "none").retryAfter()).isEmpty();
  }

  @Test
  void aCauseThatIsNamedIsThere() {
    Throwable none = null;

    assertThatThrownBy(() -> new PodIdentityException(ErrorReason.POD_NOT_FOUND, "text", none))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("cause");
  }
}
