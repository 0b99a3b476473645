package io.podidentity.azure.arm;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.azure.http.Json;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the cluster's own identity may do in Azure, by its roles: asked of Resource Manager, without
 * doing it. Deny assignments, policies and locks are not in the answer. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource">
 *     Permissions: List For Resource</a>
 */
public final class ArmRights {
  /** To put an identity on a machine. */
  public static final String ASSIGN =
      "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

  private static final String PERMISSIONS = "/providers/Microsoft.Authorization/permissions";
  private static final String VERSION = "2022-04-01";

  private final URI endpoint;
  private final ArmHttp http;

  ArmRights(URI endpoint, ArmHttp http) {
    this.endpoint = endpoint;
    this.http = http;
  }

  /** To change which identities a machine has. */
  public static String changeOf(ComputeTarget target) {
    return target instanceof ComputeTarget.ScaleSet
        ? "Microsoft.Compute/virtualMachineScaleSets/write"
        : "Microsoft.Compute/virtualMachines/write";
  }

  /**
   * Whether a role gives it that action there.
   *
   * @return empty if nobody tells: Resource Manager does not answer, or does not let it ask
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted
   */
  public Optional<Boolean> may(ResourceId where, String action) {
    URI url =
        URI.create(endpoint + ResourcePath.of(where) + PERMISSIONS + "?api-version=" + VERSION);
    try {
      ArmAnswer answer = http.send(ArmCall.get("ask for the permissions on " + where, url));
      return answer.status() == 200 ? read(answer.members(), action) : Optional.empty();
    } catch (PodIdentityException e) {
      if (e.reason() == ErrorReason.SHUTTING_DOWN) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Optional<Boolean> read(Map<?, ?> answer, String action) {
    if (!(answer.get("value") instanceof List<?> permissions)) {
      return Optional.empty();
    }
    for (Object each : permissions) {
      if (each instanceof Map<?, ?> permission
          && matches(permission, "actions", action)
          && !matches(permission, "notActions", action)) {
        return Optional.of(true);
      }
    }
    // What is on further pages is not read.
    return Json.text(answer, "nextLink") == null ? Optional.of(false) : Optional.empty();
  }

  private static boolean matches(Map<?, ?> permission, String member, String action) {
    return permission.get(member) instanceof List<?> patterns
        && patterns.stream().anyMatch(pattern -> matches(String.valueOf(pattern), action));
  }

  /** A star stands for any text. Letter case does not count. */
  private static boolean matches(String pattern, String action) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(action).matches();
  }
}
