package io.podidentity.clients;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;

/** Prints a token for each argument, see {@link Wanted}, got with azure-identity. */
public final class AzureIdentityMain {

  private AzureIdentityMain() {}

  /** Exits with 1 if a token cannot be had. */
  public static void main(String[] arguments) {
    TokenRequestContext context =
        new TokenRequestContext().addScopes(Wanted.RESOURCE + "/.default");
    for (String argument : arguments) {
      System.out.println(credential(Wanted.parse(argument)).getTokenSync(context).getToken());
    }
    // The threads of its HTTP client are no daemons.
    System.exit(0);
  }

  private static TokenCredential credential(Wanted wanted) {
    return switch (wanted.kind()) {
      case "any" -> new ManagedIdentityCredentialBuilder().build();
      case "client-id" -> new ManagedIdentityCredentialBuilder().clientId(wanted.id()).build();
      case "resource-id" -> new ManagedIdentityCredentialBuilder().resourceId(wanted.id()).build();
      case "default-credential" -> new DefaultAzureCredentialBuilder().build();
      default -> throw wanted.unknown();
    };
  }
}
