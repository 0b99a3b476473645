package io.podidentity.example.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program against the test kit's IMDS; workloads are loopback addresses. */
final class CustomBrokerTest {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";

  private final FakeAzure azure = new FakeAzure(Clock.systemUTC());
  private final UserAssignedIdentity builder = identity("builder");
  private final UserAssignedIdentity deployer = identity("deployer");
  private final FakeImds imds;
  private final CustomBroker program;

  CustomBrokerTest(@TempDir Path folder) throws IOException {
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, builder, deployer);
    imds = FakeImds.startFor(azure, MACHINE);
    Path file =
        Files.writeString(
            folder.resolve("hosts.txt"),
            "# two hosts\n"
                + line("127.0.0.2", "builder", builder)
                + line("127.0.0.3", "deployer", deployer));
    program = new CustomBroker(file, loopback(0), imds.uri());
  }

  @AfterEach
  void stop() {
    program.close();
    imds.close();
  }

  @Test
  void eachWorkloadGetsTheTokenOfItsOwnIdentity() throws IOException {
    assertThat(clientOf(get("127.0.0.2", TOKEN, true))).isEqualTo(builder.clientId());
    assertThat(clientOf(get("127.0.0.3", TOKEN, true))).isEqualTo(deployer.clientId());
  }

  @Test
  void answerSaysWhatSdksRead() throws IOException {
    JsonNode answer = json(get("127.0.0.2", TOKEN, true));

    assertThat(answer.path("resource").asString()).isEqualTo("https://vault.azure.net");
    assertThat(answer.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(Long.parseLong(answer.path("expires_in").asString())).isPositive();
  }

  @Test
  void workloadMayNotHaveAnothersIdentity() throws IOException {
    String answer = get("127.0.0.2", TOKEN + "&client_id=" + deployer.clientId(), true);

    assertThat(answer).startsWith("HTTP/1.1 503");
    assertThat(json(answer).path("error").asString()).isEqualTo("identity-not-allowed");
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void strangerIsRefused() throws IOException {
    String answer = get("127.0.0.4", TOKEN, true);

    assertThat(answer).startsWith("HTTP/1.1 503");
    assertThat(json(answer).path("error").asString()).isEqualTo("pod-not-found");
  }

  @Test
  void requestWithoutTheHeaderOrAResourceIsMalformed() throws IOException {
    assertThat(get("127.0.0.2", TOKEN, false)).startsWith("HTTP/1.1 400");
    assertThat(get("127.0.0.2", "/metadata/identity/oauth2/token", true))
        .startsWith("HTTP/1.1 403")
        .contains("invalid-request");
    // The JDK's server does not let it through.
    assertThat(get("127.0.0.2", TOKEN + "&client_id=%zz", true)).startsWith("HTTP/1.1 400");
  }

  @Test
  void sampleFileIsRead() throws IOException {
    assertThat(new HostFile(Path.of("hosts.txt")).list().join()).hasSize(2);
  }

  @Test
  void lineThatIsNotOneIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("hosts.txt"), "127.0.0.2 builder");

    assertThatThrownBy(() -> new HostFile(file)).hasMessageContaining("ADDRESS NAME");
  }

  private UserAssignedIdentity identity(String name) {
    return azure.createIdentity(id(name));
  }

  private static String id(String name) {
    return "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity"
        + "/userAssignedIdentities/"
        + name;
  }

  private static String line(String address, String name, UserAssignedIdentity identity) {
    return "%s %s %s %s%n".formatted(address, name, identity.clientId(), id(name));
  }

  private static String clientOf(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 200");
    return FakeTokens.clientIdOf(json(answer).path("access_token").asString());
  }

  private static JsonNode json(String answer) {
    return JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** By hand: the JDK's client of Java 17 cannot choose its source address. */
  private String get(String source, String path, boolean header) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(20_000);
      socket.bind(new InetSocketAddress(source, 0));
      socket.connect(loopback(program.address().getPort()), 20_000);
      String request =
          "GET %s HTTP/1.1\r\nHost: broker\r\n%sConnection: close\r\n\r\n"
              .formatted(path, header ? "Metadata: true\r\n" : "");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
