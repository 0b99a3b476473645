package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code status} of an {@code AzureAssignedIdentity}. What it does not say is null.
 *
 * @param metadata not used
 * @param availableReplicas always 1
 * @param status {@code Created}, {@code Assigned} or {@code Unassigned}; very old versions wrote
 *     none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AssignmentStatus(
    @Nullable Map<String, Object> metadata,
    @Nullable Number availableReplicas,
    @Nullable String status) {}
