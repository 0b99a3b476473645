package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code spec} of an {@code AzureAssignedIdentity}. What it does not say is null.
 *
 * @param metadata not used
 * @param azureIdentityRef a copy of the identity, with its metadata
 * @param azureBindingRef a copy of the binding, with its metadata
 * @param pod the pod's name
 * @param podNamespace the pod's namespace
 * @param nodeName the pod's node; in JSON its name is in lower case
 * @param replicas not used
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AzureAssignedIdentitySpec(
    @Nullable Map<String, Object> metadata,
    @Nullable AzureIdentityResource azureIdentityRef,
    @Nullable AzureIdentityBindingResource azureBindingRef,
    @Nullable String pod,
    @Nullable String podNamespace,
    @JsonProperty("nodename") @Nullable String nodeName,
    @Nullable Number replicas) {}
