package io.podidentity.example.validator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The source file, run as a pod runs it, against a simulated metadata service. */
final class TokenValidatorTest {
  private static final String GROUP = "/subscriptions/s/resourceGroups/g/providers/";
  private static final String MACHINE = GROUP + "Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITIES =
      GROUP + "Microsoft.ManagedIdentity/userAssignedIdentities/";
  private static final Path SOURCE =
      Path.of("src/main/java/io/podidentity/example/validator/TokenValidator.java");

  private final FakeAzure azure = new FakeAzure(Clock.systemUTC());
  private UserAssignedIdentity app;
  private FakeImds imds;

  @BeforeEach
  void start() {
    azure.createCompute(MACHINE);
    app = azure.createIdentity(IDENTITIES + "app");
    azure.attach(MACHINE, app);
    imds = FakeImds.startFor(azure, MACHINE);
  }

  @AfterEach
  void end() {
    imds.close();
  }

  @Test
  void tokensOfTheIdentityAreValid() {
    CommandResult result =
        validate(
            "--identity-client-id=" + app.clientId(),
            "--identity-resource-id=" + IDENTITIES + "app");

    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
    assertThat(result.stdout().lines())
        .containsExactlyInAnyOrder(
            "ok     without an ID: token of " + app.clientId(),
            "ok     by client ID: token of " + app.clientId(),
            "ok     by resource ID: token of " + app.clientId());
    assertThat(result.stdout()).doesNotContain("eyJ");
  }

  @Test
  void anotherIdentityThanTheExpectedOneIsNot() {
    UserAssignedIdentity other = azure.createIdentity(IDENTITIES + "other");
    azure.attach(MACHINE, other);

    CommandResult result =
        validate(
            "--identity-client-id=" + app.clientId(),
            "--identity-resource-id=" + IDENTITIES + "other");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("failed by resource ID: it is the token of " + other.clientId());
  }

  @Test
  void refusalIsToldAfterTheLastAttempt() {
    CommandResult result =
        validate(
            "--identity-client-id=00000000-0000-0000-0000-000000000001",
            "--attempts=2",
            "--interval=0");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stdout()).contains("failed by client ID: status 4");
  }

  @Test
  void secretIsReadWithItsToken() throws IOException {
    List<String> seen = new ArrayList<>();
    HttpServer vault =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    vault.createContext(
        "/secrets/name/1",
        exchange -> {
          seen.add(exchange.getRequestHeaders().getFirst("Authorization").substring(0, 10));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    vault.start();
    try {
      CommandResult result =
          validate(
              "--identity-client-id=" + app.clientId(),
              "--keyvault-url=http://127.0.0.1:" + vault.getAddress().getPort(),
              "--keyvault-secret-name=name",
              "--keyvault-secret-version=1");

      assertThat(result.stdout())
          .contains("by client ID: token of " + app.clientId() + ", and the secret is read");
      assertThat(seen).containsExactly("Bearer eyJ");
    } finally {
      vault.stop(0);
    }
  }

  private CommandResult validate(String... flags) {
    List<String> words = new ArrayList<>(List.of(flags));
    words.add(0, SOURCE.toString());
    words.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return Command.of(words)
        .withEnvironment("AZURE_POD_IDENTITY_AUTHORITY_HOST", imds.uri().toString())
        .run();
  }
}
