package io.podidentity.testkit.azure;

import java.util.List;

/** The errors of Resource Manager that clients of this project meet, worded as it words them. */
final class ArmErrors {
  private ArmErrors() {}

  static ArmError notFound(ArmId id) {
    return ArmError.of(
        404,
        "ResourceNotFound",
        "The Resource '"
            + id.type()
            + "/"
            + id.name()
            + "' under resource group '"
            + id.resourceGroup()
            + "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
  }

  /** Source: https://github.com/Azure/azure-rest-api-specs lists it for every Compute write. */
  static ArmError markedForDeletion(Compute compute) {
    String kind = compute.isScaleSet() ? "VM scale set" : "VM";
    return ArmError.of(
        409,
        "OperationNotAllowed",
        "Operation 'write' is not allowed on "
            + kind
            + " '"
            + compute.id().name()
            + "' since the "
            + kind
            + " is marked for deletion. You can only retry the Delete operation (or wait for an"
            + " ongoing one to complete).");
  }

  /** Source: https://github.com/microsoft/onefuzz/issues/2124. */
  static ArmError concurrentRequest() {
    return ArmError.of(
        409,
        "Conflict",
        "The request failed due to conflict with a concurrent request. To resolve it, please refer"
            + " to https://aka.ms/activitylog to get more details on the conflicting requests.");
  }

  /**
   * An identity that does not exist. Source:
   * https://learn.microsoft.com/azure/operator-nexus/howto-configure-network-tap-rules-with-uami
   * and https://github.com/Azure/azure-policy/issues/1311 (a virtual machine).
   */
  static ArmError identityNotFound(ArmId compute, ArmId identity) {
    return ArmError.of(
        400,
        "FailedIdentityOperation",
        "Identity operation for resource '"
            + compute
            + "' failed with error 'Failed to perform resource identity operation. Status:"
            + " 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\",\"message\":\"Resource '"
            + identity
            + "' was not found.\"}}'.'.");
  }

  /**
   * Identities that the caller may not assign, all in one quoted list. Source:
   * https://github.com/Azure/aad-pod-identity/issues/585 and, for the list,
   * https://github.com/Azure/aad-pod-identity/issues/339.
   */
  static ArmError assignDenied(ArmCaller caller, ArmId compute, List<ArmId> identities) {
    return ArmError.of(
        403,
        "LinkedAuthorizationFailed",
        "The client '"
            + caller.clientId()
            + "' with object id '"
            + caller.principalId()
            + "' has permission to perform action '"
            + compute.type()
            + "/write' on scope '"
            + compute
            + "'; however, it does not have permission to perform action"
            + " 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked"
            + " scope(s) '"
            + String.join(",", identities.stream().map(ArmId::text).toList())
            + "' or the linked scope(s) are invalid.");
  }

  /** Source: https://github.com/Azure/aad-pod-identity/issues/214. */
  static ArmError identitiesWithType(String type) {
    return new ArmError(
        400,
        "InvalidParameter",
        "ResourceIdentity identityIds should not be provided if the type is \"" + type + "\".",
        "resourceIdentity.identityIds");
  }

  /** Source: https://github.com/Azure/aad-pod-identity/issues/556. */
  static ArmError duplicateIdentity(String id) {
    return new ArmError(
        400,
        "InvalidParameter",
        "ResourceIdentity identityId '"
            + id
            + "' cannot be duplicated in the provided identityIds list.",
        "resourceIdentity.identityIds");
  }

  /** Source: https://github.com/Azure/terraform-provider-azapi/issues/840. */
  static ArmError identityValue(String id) {
    return ArmError.of(
        400,
        "InvalidIdentityValues",
        "Invalid value for the identities '"
            + id
            + "'. The 'UserAssignedIdentities' property keys should only be empty json objects, null"
            + " or the resource existing property.");
  }

  /** Source: https://github.com/microsoft/CromwellOnAzure/pull/765. */
  static ArmError noIdentityLeft(String type) {
    return ArmError.of(
        400,
        "MissingIdentityIds",
        "The identity ids must not be null or empty for '" + type + "' identity type.");
  }

  static ArmError malformedIdentityId(String id) {
    return ArmError.of(
        400,
        "LinkedInvalidPropertyId",
        "Property id '"
            + id
            + "' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified resource"
            + " Id that start with '/subscriptions/{subscriptionId}' or"
            + " '/providers/{resourceProviderNamespace}/'.");
  }

  /** Source: https://github.com/kubernetes-sigs/cloud-provider-azure/pull/7508 (ETag, 412). */
  static ArmError preconditionFailed(String ifMatch) {
    return ArmError.of(
        412,
        "PreconditionFailed",
        "The condition specified using HTTP conditional header(s) is not met: If-Match " + ifMatch);
  }

  /**
   * Too much for one resource: the code that Compute throttles with. Its text for one resource is
   * not documented; this is the one for a subscription. Source:
   * https://learn.microsoft.com/troubleshoot/azure/virtual-machines/troubleshooting-throttling-errors.
   */
  static ArmError resourceThrottled() {
    return ArmError.of(
        429,
        "OperationNotAllowed",
        "The server rejected the request because too many requests have been received for this"
            + " resource.");
  }

  /**
   * Too much of one caller. Source:
   * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
   */
  static ArmError subscriptionThrottled(String kind) {
    return ArmError.of(
        429,
        "SubscriptionRequestsThrottled",
        "Number of " + kind + " for the subscription exceeded the limit. Please try again later.");
  }

  static ArmError requestContent(String what) {
    return ArmError.of(
        400,
        "InvalidRequestContent",
        "The request content was invalid and could not be deserialized: '" + what + "'.");
  }
}
