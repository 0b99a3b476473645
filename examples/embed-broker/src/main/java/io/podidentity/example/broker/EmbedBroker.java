package io.podidentity.example.broker;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

// snippet: broker
/** The smallest host that gives its workloads identities by their address. */
public final class EmbedBroker {
  private static final NamespacedName JOB = new NamespacedName("ci", "job-17");
  private static final AzureIdentity DEPLOYER =
      AzureIdentity.managed(
          new NamespacedName("ci", "deployer"),
          ResourceId.of("s", "ci", "Microsoft.ManagedIdentity", "userAssignedIdentities", "deploy"),
          new ClientId("11111111-2222-3333-4444-555555555555"));

  private EmbedBroker() {}

  /** Prints who may have a token, and who may not. */
  public static void main(String[] args) throws UnknownHostException {
    Workloads workloads = new Workloads();
    workloads.put(JOB, Set.of(InetAddress.getByName("10.0.0.17")), List.of(DEPLOYER));
    try (EmbeddedBroker broker = new EmbeddedBroker(workloads, EmbedBroker::issue)) {
      System.out.println(ask(broker, "10.0.0.17"));
      System.out.println(ask(broker, "10.0.0.18"));
    }
  }

  private static List<AccessToken> issue(TokenQuery query) {
    Instant now = Instant.now();
    return List.of(new AccessToken("secret", now.plusSeconds(3600), now, query.resource()));
  }

  private static String ask(EmbeddedBroker broker, String address) throws UnknownHostException {
    Caller caller = new Caller.ByAddress(InetAddress.getByName(address));
    TokenRequest request = new TokenRequest(caller, IdentityChoice.ANY, "https://vault.azure.net");
    try {
      return address + " has a token of " + broker.requestBlocking(request).identity();
    } catch (PodIdentityException e) {
      return address + " is refused: " + e.reason().code();
    }
  }
}
// end
