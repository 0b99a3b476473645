package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code status} of an {@code AzureIdentity} and of an {@code AzureIdentityBinding}; nobody
 * reads it. What it does not say is null.
 *
 * @param metadata not used
 * @param availableReplicas not used
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReplicaStatus(
    @Nullable Map<String, Object> metadata, @Nullable Number availableReplicas) {}
