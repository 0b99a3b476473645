package io.podidentity.clients;

import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;

/** Prints a token for each argument, see {@link Wanted}, got with MSAL4J. */
public final class MsalMain {

  private MsalMain() {}

  /** Exits with 1 if a token cannot be had. */
  public static void main(String[] arguments) throws Exception {
    for (String argument : arguments) {
      ManagedIdentityApplication application =
          ManagedIdentityApplication.builder(identity(Wanted.parse(argument))).build();
      System.out.println(
          application
              .acquireTokenForManagedIdentity(
                  ManagedIdentityParameters.builder(Wanted.RESOURCE).build())
              .get()
              .accessToken());
    }
  }

  private static ManagedIdentityId identity(Wanted wanted) {
    return switch (wanted.kind()) {
      case "any" -> ManagedIdentityId.systemAssigned();
      case "client-id" -> ManagedIdentityId.userAssignedClientId(wanted.id());
      case "resource-id" -> ManagedIdentityId.userAssignedResourceId(wanted.id());
      default -> throw wanted.unknown();
    };
  }
}
