package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code spec} of an {@code AzurePodIdentityException}. What it does not say is null.
 *
 * @param metadata not used
 * @param podLabels the labels of pods that are exempt
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AzurePodIdentityExceptionSpec(
    @Nullable Map<String, Object> metadata, @Nullable Map<String, @Nullable String> podLabels) {}
