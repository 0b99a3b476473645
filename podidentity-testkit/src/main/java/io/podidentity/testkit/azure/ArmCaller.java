package io.podidentity.testkit.azure;

/** Who calls Resource Manager, by the token. Immutable. */
record ArmCaller(String clientId, String principalId) {}
