package io.podidentity.azure.arm;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.http.Json;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a change that Resource Manager has accepted to its end: at the URL in {@code
 * Azure-AsyncOperation}, else that in {@code Location}, else at the resource itself. For one
 * change.
 *
 * <p>azure-core-management has a poller too. It is not used, because it sends the token to whatever
 * host these headers name, waits by the system's clock, and has no end of its own.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations">
 *     Track asynchronous Azure operations</a>
 */
final class LongOperation {
  private static final Logger log = LoggerFactory.getLogger(LongOperation.class);

  private final ArmHttp http;
  private final ArmOptions options;
  private final Clock clock;
  private final Pause pause;
  private final Asked asked;
  private final URI resource;
  private final Instant deadline;

  /**
   * A change whose request is about to be sent: its time begins now.
   *
   * @param resource the URL of what is changed
   */
  LongOperation(
      ArmHttp http, ArmOptions options, Clock clock, Pause pause, Asked asked, URI resource) {
    this.http = http;
    this.options = options;
    this.clock = clock;
    this.pause = pause;
    this.asked = asked;
    this.resource = resource;
    this.deadline = clock.instant().plus(options.operationLimit());
  }

  /**
   * Waits for the end.
   *
   * @param accepted the answer to the request: 200, 201 or 202
   * @return the last answer about the resource itself, which may show what came of it
   * @throws PodIdentityException if the change failed or did not end in time
   */
  ArmAnswer await(ArmAnswer accepted) {
    PollUrl url = PollUrl.of(accepted, resource, http);
    if (url.kind() == PollUrl.Kind.RESOURCE && accepted.status() != 202 && stateIsFinal(accepted)) {
      return accepted;
    }
    Duration wait = wait(accepted);
    while (true) {
      pause.await(untilDeadline(wait));
      ArmAnswer answer = look(url);
      if (answer != null && !isPassing(url, answer)) {
        if (isOver(url, answer)) {
          return url.kind() == PollUrl.Kind.STATUS ? accepted : answer;
        }
        url = url.after(answer, http);
      }
      wait = answer == null ? options.pollInterval() : wait(answer);
    }
  }

  private Duration wait(ArmAnswer answer) {
    Duration asked = answer.retryAfter(clock.instant());
    return asked == null || asked.isZero() ? options.pollInterval() : asked;
  }

  private Duration untilDeadline(Duration wait) {
    Duration left = Duration.between(clock.instant(), deadline);
    // More than there was: the clock was set back, and nobody knows what is left.
    boolean isSetBack = left.compareTo(options.operationLimit()) > 0;
    if (left.isNegative() || left.isZero() || isSetBack) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "cannot %s: Azure has not finished within %d s; the change goes on there, and the next pass"
                  .formatted(asked.doing(), options.operationLimit().toSeconds())
              + " finds its result");
    }
    return wait.compareTo(left) > 0 ? left : wait;
  }

  /** Null if there is no answer: that says nothing about the change, so it is looked at again. */
  private @Nullable ArmAnswer look(PollUrl url) {
    try {
      return http.send(ArmCall.get("see whether Azure did " + asked.doing(), url.url()));
    } catch (PodIdentityException e) {
      if (e.reason() != ErrorReason.TARGET_UNAVAILABLE) {
        throw e;
      }
      log.debug("no answer while polling, doing={}", asked.doing(), e);
      return null;
    }
  }

  /** A server that is busy says nothing about the change; at Location, 500 may be its very end. */
  private static boolean isPassing(PollUrl url, ArmAnswer answer) {
    boolean result =
        url.kind() == PollUrl.Kind.LOCATION && answer.status() == 500 && answer.errorCode() != null;
    return answer.isBusy() && !result;
  }

  private boolean isOver(PollUrl url, ArmAnswer answer) {
    boolean success = answer.status() >= 200 && answer.status() < 300;
    return switch (url.kind()) {
      case STATUS -> success ? statusIsFinal(answer) : lost(answer);
      case LOCATION ->
          success ? answer.status() != 202 && stateIsFinal(answer) : failedAtLocation(answer);
      case RESOURCE -> {
        if (answer.status() == 404) {
          throw ArmErrors.of(asked, answer, clock.instant());
        }
        yield success ? stateIsFinal(answer) : lost(answer);
      }
    };
  }

  private boolean statusIsFinal(ArmAnswer answer) {
    String status = Json.text(answer.members(), "status");
    return status == null ? answer.status() == 204 : isFinal(status, answer);
  }

  /** A resource that shows no state is in none that would pass. */
  private boolean stateIsFinal(ArmAnswer answer) {
    String state = answer.provisioningState();
    return state == null || isFinal(state, answer);
  }

  private boolean isFinal(String status, ArmAnswer answer) {
    if (status.equalsIgnoreCase("Failed") || status.equalsIgnoreCase("Canceled")) {
      throw ArmErrors.ofOperation(asked, status, answer);
    }
    return status.equalsIgnoreCase("Succeeded");
  }

  private boolean failedAtLocation(ArmAnswer answer) {
    String code = answer.errorCode();
    boolean mayNotLook = answer.status() == 401 || "AuthorizationFailed".equals(code);
    if (code == null || mayNotLook || answer.status() == 404) {
      return lost(answer);
    }
    throw ArmErrors.ofOperation(asked, "Failed", answer);
  }

  private boolean lost(ArmAnswer answer) {
    String code = answer.errorCode();
    throw new PodIdentityException(
        ErrorReason.TARGET_UNAVAILABLE,
        ("cannot see whether Azure did %s: it accepted the change, but answers %d%s when asked how it"
                + " goes; the cluster's identity needs to read at the scope of the resource group")
            .formatted(asked.doing(), answer.status(), code == null ? "" : " (" + code + ")"));
  }
}
