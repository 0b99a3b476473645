package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What of the control endpoint says how much the simulators serve, how fast, and for how long. */
final class ControlLimits {
  private final FakeImds imds;
  private final FakeEntra entra;
  private final FakeArm arm;

  ControlLimits(FakeImds imds, FakeEntra entra, FakeArm arm) {
    this.imds = imds;
    this.entra = entra;
    this.arm = arm;
  }

  /** {@code PUT} sets limits, those that are documented if the body names none; else none hold. */
  Reply limits(RecordedRequest request, String simulator) {
    boolean set = !request.method().equals("DELETE");
    if (set) {
      ControlServer.expect(request, "PUT");
    }
    switch (simulator) {
      case "imds" ->
          imds.limits(set ? given(request, ImdsLimits.class, ImdsLimits.DOCUMENTED) : null);
      case "arm" -> arm.limits(set ? given(request, ArmLimits.class, ArmLimits.DOCUMENTED) : null);
      default -> throw new IllegalArgumentException("limits are for imds or arm: " + simulator);
    }
    return Reply.empty(204);
  }

  private static <T> T given(RecordedRequest request, Class<T> type, T documented) {
    String body = request.body().strip();
    return body.isEmpty() || body.equals("{}") ? documented : AzureState.parse(body, type);
  }

  /** How long the metadata service takes to answer. */
  Reply latency(RecordedRequest request) {
    ControlServer.expect(request, "PUT");
    imds.latency(Duration.ofMillis(number(request, "millis")));
    return Reply.empty(204);
  }

  /** How long the next tokens are valid. */
  Reply lifetime(RecordedRequest request, String simulator) {
    ControlServer.expect(request, "PUT");
    Duration lifetime = Duration.ofSeconds(number(request, "seconds"));
    switch (simulator) {
      case "imds" -> imds.tokenLifetime(lifetime);
      case "entra" -> entra.tokenLifetime(lifetime);
      default -> throw new IllegalArgumentException("tokens are of imds or entra: " + simulator);
    }
    return Reply.empty(204);
  }

  private static long number(RecordedRequest request, String name) {
    @Nullable String text = request.queryParameter(name).orElse(null);
    if (text == null || !text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("query parameter " + name + " must be a number");
    }
    return Long.parseLong(text);
  }
}
