package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Reply;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a caller may do with a resource: everything, but to assign the identities of {@link
 * FakeAzure#denyAssign}.
 *
 * <p>Source: https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource.
 */
final class ArmPermissions {
  private static final Pattern PATH =
      Pattern.compile(
          "(.+)/providers/Microsoft\\.Authorization/permissions", Pattern.CASE_INSENSITIVE);
  private static final String ASSIGN =
      "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

  private ArmPermissions() {}

  /** The resource that a path asks about; empty if it asks for something else. */
  static Optional<ArmId> askedOf(String path) {
    Matcher matcher = PATH.matcher(path);
    return Optional.of(matcher)
        .filter(Matcher::matches)
        .map(found -> Objects.requireNonNull(found.group(1)))
        .filter(ArmId::isValid)
        .map(ArmId::parse);
  }

  static Reply of(FakeAzure azure, ArmId id) {
    List<String> notActions = azure.isAssignDenied(id) ? List.of(ASSIGN) : List.of();
    return Reply.json(
        200,
        Map.of(
            "value",
            List.of(
                Map.of(
                    "actions",
                    List.of("*"),
                    "notActions",
                    notActions,
                    "dataActions",
                    List.of(),
                    "notDataActions",
                    List.of()))));
  }
}
