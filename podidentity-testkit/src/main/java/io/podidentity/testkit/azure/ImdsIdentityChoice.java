package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which identity a token request means: the one it names, else the default one.
 *
 * @param subject whom the token is for; null if the request is refused
 * @param refusal why; empty if it is not
 */
record ImdsIdentityChoice(FakeTokens.@Nullable Subject subject, String refusal) {
  /** {@code mi_res_id} is App Service's spelling; MSAL4J sends it to the metadata service too. */
  private static final List<String> NAMES =
      List.of("client_id", "object_id", "msi_res_id", "mi_res_id");

  /** Also what an identity that is not attached yet looks like. */
  private static final ImdsIdentityChoice NOT_FOUND =
      new ImdsIdentityChoice(null, "Identity not found");

  static ImdsIdentityChoice choose(RecordedRequest request, Compute compute, FakeAzure azure) {
    List<String> named =
        NAMES.stream().filter(name -> request.queryParameter(name).isPresent()).toList();
    if (named.size() > 1) {
      return new ImdsIdentityChoice(
          null, "Only one of client_id, object_id and msi_res_id may be given, not " + named);
    }
    if (named.isEmpty()) {
      return byDefault(compute, azure);
    }
    String name = named.get(0);
    String value = request.queryParameter(name).orElse("");
    return switch (name) {
      case "client_id" ->
          find(compute, azure, subject -> subject.clientId().equalsIgnoreCase(value));
      case "object_id" ->
          find(compute, azure, subject -> subject.principalId().equalsIgnoreCase(value));
      default -> find(compute, azure, subject -> value.equalsIgnoreCase(subject.resourceId()));
    };
  }

  /**
   * Source: the FAQ on managed identities, "What identity will IMDS default to": system-assigned;
   * else the only user-assigned one; else an error, worded as in
   * https://github.com/Azure/aad-pod-identity/issues/1084.
   */
  private static ImdsIdentityChoice byDefault(Compute compute, FakeAzure azure) {
    IdentityBlock block = compute.identity();
    if (block.system() != null) {
      return new ImdsIdentityChoice(FakeTokens.Subject.of(block.system(), compute.id()), "");
    }
    if (block.user().size() > 1) {
      return new ImdsIdentityChoice(
          null,
          "Multiple user assigned identities exist, please specify the clientId / resourceId of the"
              + " identity in the token request");
    }
    return find(compute, azure, subject -> true);
  }

  private static ImdsIdentityChoice find(
      Compute compute, FakeAzure azure, Predicate<FakeTokens.Subject> wanted) {
    IdentityBlock block = compute.identity();
    if (block.system() != null) {
      FakeTokens.Subject system = FakeTokens.Subject.of(block.system(), compute.id());
      if (wanted.test(system)) {
        return new ImdsIdentityChoice(system, "");
      }
    }
    return block.user().stream()
        .filter(attached -> stillExists(attached, azure))
        .map(FakeTokens.Subject::of)
        .filter(wanted)
        .findFirst()
        .map(subject -> new ImdsIdentityChoice(subject, ""))
        .orElse(NOT_FOUND);
  }

  /** One that was deleted stays in the list; one made anew under its name is another. */
  private static boolean stillExists(UserAssignedIdentity attached, FakeAzure azure) {
    Optional<UserAssignedIdentity> current = azure.identity(attached.id());
    return current.isPresent() && current.get().clientId().equals(attached.clientId());
  }
}
