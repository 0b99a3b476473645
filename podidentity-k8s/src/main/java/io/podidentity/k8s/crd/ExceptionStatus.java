package io.podidentity.k8s.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code status} of an {@code AzurePodIdentityException}; nobody reads it. What it does not say
 * is null.
 *
 * @param metadata not used
 * @param status not used
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExceptionStatus(@Nullable Map<String, Object> metadata, @Nullable String status) {}
