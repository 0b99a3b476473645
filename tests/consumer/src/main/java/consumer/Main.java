package consumer;

import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenRequest;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Gives itself a token. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    InetAddress self = InetAddress.getLoopbackAddress();
    ResourceId id =
        ResourceId.of("s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "app");
    AzureIdentity identity =
        AzureIdentity.managed(new NamespacedName("shop", "app"), id, new ClientId("client"));
    Workloads workloads = new Workloads();
    workloads.put(new NamespacedName("shop", "consumer"), Set.of(self), List.of(identity));
    Instant now = Instant.now();
    try (EmbeddedBroker broker =
        new EmbeddedBroker(
            workloads,
            query -> List.of(new AccessToken("t", now.plusSeconds(60), now, query.resource())))) {
      System.out.println(
          broker
              .requestBlocking(
                  new TokenRequest(new Caller.ByAddress(self), IdentityChoice.ANY, "vault"))
              .identity());
    }
  }
}
