package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code spec} of an {@code AzureIdentityBinding}. What it does not say is null.
 *
 * @param metadata not used
 * @param azureIdentity the name of an identity
 * @param selector the label value that it selects
 * @param weight not used
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AzureIdentityBindingSpec(
    @Nullable Map<String, Object> metadata,
    @Nullable String azureIdentity,
    @Nullable String selector,
    @Nullable Number weight) {}
