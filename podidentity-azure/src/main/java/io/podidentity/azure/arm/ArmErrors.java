package io.podidentity.azure.arm;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an error of Resource Manager means. Of the body, messages hold the error's code, and of a
 * refusal, which a person has to mend, also what {@link ArmMessage} leaves of its text.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors">
 *     Error codes</a>
 */
final class ArmErrors {
  /**
   * The resource, or its group, is gone. Another 404, or one without a code, is no proof of that:
   * it may be the wrong subscription, tenant or endpoint, and what is on the machine would be
   * forgotten.
   */
  private static final Set<String> GONE =
      Set.of("ResourceNotFound", "ResourceGroupNotFound", "NotFound");

  /** Failures of operations that have nothing to do with what was asked. */
  private static final Set<String> PASSING =
      Set.of(
          "Conflict",
          "ConcurrentRequestConflict",
          "OperationPreempted",
          "OperationNotAllowed",
          "InternalServerError",
          "InternalExecutionError",
          "InternalOperationError",
          "NetworkingInternalOperationError",
          "OperationTimedOut",
          "ServerTimeout",
          "GatewayTimeout",
          "ServiceUnavailable",
          "TooManyRequests",
          "RetryableError",
          "RetryableErrorDueToAnotherOperation",
          // Machines that could not be had or did not come up.
          "AllocationFailed",
          "ZonalAllocationFailed",
          "OverconstrainedAllocationRequest",
          "OverconstrainedZonalAllocationRequest",
          "OSProvisioningTimedOut",
          "VMStartTimedOut",
          "VMExtensionProvisioningError",
          "VMExtensionProvisioningTimeout");

  /** Errors whose text names the identities that they are about. */
  private static final Set<String> ABOUT_IDENTITIES =
      Set.of("LinkedAuthorizationFailed", "FailedIdentityOperation");

  /**
   * Errors that are about the caller's rights on the target, or about its subscription, whatever
   * was to be attached.
   */
  private static final Set<String> ABOUT_TARGETS =
      Set.of(
          "AuthorizationFailed",
          "ReadOnlyDisabledSubscription",
          "MissingSubscriptionRegistration",
          "NoRegisteredProviderFound");

  private ArmErrors() {}

  /**
   * What a status other than a success means for a request about a virtual machine or scale set.
   */
  static PodIdentityException of(Asked asked, ArmAnswer answer, Instant now) {
    String code = answer.errorCode();
    ErrorReason reason = reason(answer, code);
    String message =
        "cannot %s: Azure Resource Manager answered %d%s%s"
            .formatted(asked.doing(), answer.status(), shown(code), advice(answer.status(), code));
    if (reason == ErrorReason.TARGET_REJECTED) {
      return PodIdentityException.blaming(
          reason, message + words(answer), blamed(asked, answer, code));
    }
    return new PodIdentityException(
        reason,
        message,
        reason == ErrorReason.TARGET_UNAVAILABLE ? answer.retryAfter(now) : null,
        null);
  }

  /** What the end of an accepted change means that did not succeed. */
  static PodIdentityException ofOperation(Asked asked, String status, ArmAnswer answer) {
    String code = answer.errorCode();
    // One that was cancelled, or says nothing, is not known to be wrong.
    boolean passing = code == null || PASSING.contains(code) || status.equalsIgnoreCase("Canceled");
    return PodIdentityException.blaming(
        passing ? ErrorReason.TARGET_UNAVAILABLE : ErrorReason.TARGET_REJECTED,
        "cannot %s: Azure accepted the change, which then ended as %s%s%s"
                .formatted(asked.doing(), status, shown(code), advice(0, code))
            + (passing ? "" : words(answer)),
        blamed(asked, answer, code));
  }

  /**
   * The target where no identity can be to blame; else what the text names, where that can be taken
   * for the cause: the text is no contract. Other errors may quote all that was asked for.
   */
  private static Set<String> blamed(Asked asked, ArmAnswer answer, @Nullable String code) {
    if (asked.attached().isEmpty() || (code != null && ABOUT_TARGETS.contains(code))) {
      return Set.of(asked.target());
    }
    Set<String> named = answer.named(asked.attached());
    boolean all = named.size() == asked.attached().size();
    return all && (code == null || !ABOUT_IDENTITIES.contains(code)) ? Set.of() : named;
  }

  private static ErrorReason reason(ArmAnswer answer, @Nullable String code) {
    int status = answer.status();
    if (status == 404) {
      return code != null && GONE.contains(code)
          ? ErrorReason.TARGET_NOT_FOUND
          : ErrorReason.TARGET_UNAVAILABLE;
    }
    // 401 is about the caller, not about what it asked for; 409 and 412 mean that another is at it.
    boolean other = status == 401 || status == 409 || status == 412 || answer.isBusy();
    boolean refused = status >= 400 && status < 500 && !other;
    return refused ? ErrorReason.TARGET_REJECTED : ErrorReason.TARGET_UNAVAILABLE;
  }

  private static String shown(@Nullable String code) {
    return code == null ? "" : " (" + code + ")";
  }

  /** Last: an event that is too long loses its end. */
  private static String words(ArmAnswer answer) {
    String words = ArmMessage.shown(answer.errorMessage());
    return words.isEmpty() ? "" : "; Azure says: " + words;
  }

  private static String advice(int status, @Nullable String code) {
    String known = code == null ? "" : code;
    return switch (known) {
      case "LinkedAuthorizationFailed" ->
          "; give the cluster's identity the role Managed Identity Operator on the identities";
      case "AuthorizationFailed" ->
          "; give the cluster's identity the role Virtual Machine Contributor on the resource group";
      case "FailedIdentityOperation" -> "; check that the identities exist";
      default ->
          switch (status) {
            case 401 -> "; check the cluster's own credential and tenant";
            case 404 ->
                code != null && GONE.contains(code)
                    ? ""
                    : "; check the cloud, the subscription and the tenant";
            case 409, 412 -> ": another change is under way";
            default -> "";
          };
    };
  }
}
