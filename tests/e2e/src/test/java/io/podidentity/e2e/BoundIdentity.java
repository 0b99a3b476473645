package io.podidentity.e2e;

/**
 * A user-assigned identity in Azure, and the {@code AzureIdentity} that stands for it.
 *
 * @param name the {@code AzureIdentity}'s name
 * @param resourceId its resource ID in Azure
 * @param clientId its client ID
 */
record BoundIdentity(String name, String resourceId, String clientId) {}
