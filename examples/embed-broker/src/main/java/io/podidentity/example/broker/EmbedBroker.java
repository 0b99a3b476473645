package io.podidentity.example.broker;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TokenService;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.api.token.CacheBounds;
import io.podidentity.api.token.CachingTokenSource;
import io.podidentity.api.token.Caller;
import io.podidentity.api.token.Exemptions;
import io.podidentity.api.token.FetchLimits;
import io.podidentity.api.token.FetchQueue;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.api.token.OperationMode;
import io.podidentity.api.token.TokenBroker;
import io.podidentity.api.token.TokenGrant;
import io.podidentity.api.token.TokenRequest;
import io.podidentity.testkit.InMemoryCluster;
import io.podidentity.testkit.ManualTimer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A host that gives its workloads identities by their address, without Kubernetes and without
 * Azure: the directories are the test kit's in-memory ones, the token source is a lambda. A real
 * host implements these ports over what it knows.
 */
public final class EmbedBroker {
  private static final NamespacedName JOB = new NamespacedName("ci", "job-17");

  private EmbedBroker() {}

  /** Prints who may have a token, and who may not. */
  public static void main(String[] args) throws UnknownHostException {
    System.out.println(ask("10.0.0.17"));
    System.out.println(ask("10.0.0.18"));
  }

  /** Asks for a token from an address, and tells what came of it. */
  static String ask(String address) throws UnknownHostException {
    InMemoryCluster workloads = new InMemoryCluster();
    workloads.putPod(
        new Pod(
            JOB,
            "uid-17",
            "this-host",
            Map.of(IdentityBinding.POD_LABEL, "deployer"),
            Set.of(InetAddress.getByName("10.0.0.17")),
            PodPhase.RUNNING,
            false,
            false));
    workloads.putRecord(deployerFor(JOB));

    Clock clock = Clock.systemUTC();
    TokenSource issuer =
        query ->
            List.of(
                new AccessToken(
                    "secret",
                    clock.instant().plus(Duration.ofHours(1)),
                    clock.instant(),
                    query.resource()));
    // Unknown callers are refused at once; the timer moves for nobody in so short a run.
    Timer timer = new ManualTimer();
    FetchQueue fetches =
        new FetchQueue(
            issuer,
            Runnable::run,
            timer,
            clock,
            Map.of(
                TokenService.IMDS, FetchLimits.IMDS,
                TokenService.ENTRA, FetchLimits.ENTRA),
            Telemetry.NOOP);
    try (TokenBroker broker =
        new TokenBroker(
            workloads,
            OperationMode.standard(workloads, false),
            Exemptions.of(workloads),
            new CachingTokenSource(fetches, clock, timer, CacheBounds.of(100), Telemetry.NOOP),
            new HoldPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO),
            timer)) {
      TokenGrant grant =
          broker.requestBlocking(
              new TokenRequest(
                  new Caller.ByAddress(InetAddress.getAllByName(address)[0]),
                  IdentityChoice.ANY,
                  "https://management.azure.com/"));
      return grant.pod() + " has a token for identity " + grant.clientId();
    } catch (PodIdentityException e) {
      return address + " is refused: " + e.reason().code();
    }
  }

  private static AssignedIdentity deployerFor(NamespacedName workload) {
    AzureIdentity deployer =
        new AzureIdentity(
            new NamespacedName("ci", "deployer"),
            "uid-deployer",
            1,
            false,
            new Credential.ManagedIdentity(
                ResourceId.of(
                    "00000000-0000-0000-0000-000000000001",
                    "ci",
                    "Microsoft.ManagedIdentity",
                    "userAssignedIdentities",
                    "deployer"),
                new ClientId("11111111-2222-3333-4444-555555555555")));
    return new AssignedIdentity(
        new NamespacedName("default", "job-17-ci-deployer"),
        "uid-record",
        "1",
        workload,
        null,
        "this-host",
        deployer,
        new IdentityBinding(new NamespacedName("ci", "deployer"), "deployer", "deployer"),
        AssignmentState.ASSIGNED,
        false);
  }
}
