package io.podidentity.example.broker;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** The smallest host that gives its workloads identities by their address. */
public final class EmbedBroker {
  private EmbedBroker() {}

  /** Prints who may have a token, and who may not. */
  public static void main(String[] args) throws UnknownHostException {
    // snippet: broker
    Workloads workloads = new Workloads();
    workloads.put(
        new NamespacedName("ci", "job-17"),
        Set.of(InetAddress.getByName("10.0.0.17")),
        List.of(deployer()));
    TokenSource issuer =
        query -> {
          Instant now = Instant.now();
          return List.of(
              new AccessToken("secret", now.plus(Duration.ofHours(1)), now, query.resource()));
        };
    try (EmbeddedBroker broker = new EmbeddedBroker(workloads, issuer)) {
      System.out.println(ask(broker, "10.0.0.17"));
      System.out.println(ask(broker, "10.0.0.18"));
    }
    // end
  }

  // snippet: ask
  private static String ask(EmbeddedBroker broker, String address) throws UnknownHostException {
    Caller caller = new Caller.ByAddress(InetAddress.getByName(address));
    try {
      TokenGrant grant =
          broker.requestBlocking(
              new TokenRequest(caller, IdentityChoice.ANY, "https://management.azure.com/"));
      return grant.pod() + " has a token for identity " + grant.identity();
    } catch (PodIdentityException e) {
      return address + " is refused: " + e.reason().code();
    }
  }

  // end

  private static AzureIdentity deployer() {
    return new AzureIdentity(
        new NamespacedName("ci", "deployer"),
        "uid-deployer",
        1,
        true,
        new Credential.ManagedIdentity(
            ResourceId.of(
                "00000000-0000-0000-0000-000000000001",
                "ci",
                "Microsoft.ManagedIdentity",
                "userAssignedIdentities",
                "deployer"),
            new ClientId("11111111-2222-3333-4444-555555555555")));
  }
}
