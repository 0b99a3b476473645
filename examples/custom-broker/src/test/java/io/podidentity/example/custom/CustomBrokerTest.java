package io.podidentity.example.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.FakeTokens;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.conformance.ConformanceOptions;
import io.podidentity.testkit.conformance.ConformanceReport;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program against the test kit's IMDS; workloads are loopback addresses. */
final class CustomBrokerTest {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String TOKEN =
      "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
  private static final String UNUSED_IDENTITY =
      "11111111-2222-3333-4444-555555555555 " + id("unused");

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
            "# three hosts\n"
                + line("127.0.0.1", "here", builder)
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

    assertThat(answer).startsWith("HTTP/1.1 403");
    assertThat(json(answer).path("error").asString()).isEqualTo("identity-not-allowed");
    assertThat(imds.requests().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"msi_res_id", "mi_res_id"})
  void identityIsNamedByItsResourceIdToo(String parameter) throws IOException {
    String named = TOKEN + "&" + parameter + "=";

    assertThat(clientOf(get("127.0.0.2", named + id("builder"), true)))
        .isEqualTo(builder.clientId());
    assertThat(get("127.0.0.2", named + id("deployer"), true)).startsWith("HTTP/1.1 403");
  }

  /** Each would otherwise be answered with a token that was not asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "&object_id=9f6a1c3e-0000-4000-8000-000000000000",
        "&object%5fid=9f6a1c3e-0000-4000-8000-000000000000",
        "&msi_res_id=/a&mi_res_id=/b",
        "&client_id=a&client_id=b",
        "&resource=https%3A%2F%2Fother.example"
      })
  void identityThatCannotBeToldIsRefused(String parameters) throws IOException {
    String answer = get("127.0.0.2", TOKEN + parameters, true);

    assertThat(answer).startsWith("HTTP/1.1 400").contains("invalid-request");
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void parameterWithoutAValueIsAsGoodAsNone() throws IOException {
    assertThat(clientOf(get("127.0.0.2", TOKEN + "&client_id=&object_id", true)))
        .isEqualTo(builder.clientId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For: 127.0.0.3", "x-forwarded-for:", "Via: 1.1 x"})
  void requestThroughAProxyIsRefused(String header) throws IOException {
    assertThat(ask("127.0.0.2", "GET", TOKEN, "Metadata: true", header))
        .startsWith("HTTP/1.1 400")
        .contains("proxy");
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void strangerIsRefused() throws IOException {
    String answer = get("127.0.0.4", TOKEN, true);

    assertThat(answer).startsWith("HTTP/1.1 403");
    assertThat(json(answer).path("error").asString()).isEqualTo("pod-not-found");
  }

  @Test
  void requestWithoutTheHeaderOrAResourceIsMalformed() throws IOException {
    assertThat(get("127.0.0.2", TOKEN, false)).startsWith("HTTP/1.1 400");
    assertThat(get("127.0.0.2", TokenEndpoint.PATH + "?api-version=2018-02-01", true))
        .startsWith("HTTP/1.1 400")
        .contains("invalid-request");
    // The JDK's server does not let it through.
    assertThat(get("127.0.0.2", TOKEN + "&client_id=%zz", true)).startsWith("HTTP/1.1 400");
  }

  /** As MSAL4J asks. */
  @Test
  void slashInFrontMayBeDoubled() throws IOException {
    assertThat(clientOf(get("127.0.0.2", "/" + TOKEN, true))).isEqualTo(builder.clientId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/identity/oauth2/tokens",
        "/metadata/identity/oauth2/token/x",
        "///metadata/identity/oauth2/token",
        "//x/metadata/identity/oauth2/token",
        "/metadata//identity/oauth2/token",
        "/identity/oauth2/token"
      })
  void pathThatIsOnlyAlikeIsNotFound(String path) throws IOException {
    String query = TOKEN.substring(TOKEN.indexOf('?'));

    assertThat(get("127.0.0.2", path + query, true)).startsWith("HTTP/1.1 404");
    assertThat(imds.requests().all()).isEmpty();
  }

  @Test
  void waitThatTheServiceAsksForIsPassedOn() throws IOException {
    imds.faults().always(Fault.reply(Reply.empty(429).retryAfter(Duration.ofSeconds(7))));

    assertThat(get("127.0.0.2", TOKEN, true))
        .startsWith("HTTP/1.1 429")
        .containsIgnoringCase("Retry-After: 7");
  }

  @Test
  void clientThatDawdlesHoldsUpNobody() throws IOException {
    try (Socket slow = connected("127.0.0.2")) {
      slow.getOutputStream().write("GET /meta".getBytes(StandardCharsets.US_ASCII));

      assertThat(clientOf(get("127.0.0.3", TOKEN, true))).isEqualTo(deployer.clientId());
    }
  }

  /** What the test kit asks of any token endpoint. */
  @Test
  void endpointConformsToTheMetadataService() {
    ConformanceReport report =
        ConformanceReport.of(
            ConformanceOptions.parse(
                List.of(
                    "--endpoint=http://127.0.0.1:" + program.address().getPort(), "--timeout=20")));

    assertThat(report.rows()).as(report.table()).allMatch(ConformanceReport.Row::passed);
  }

  @Test
  void programListensWhereItIsTold(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("hosts.txt"), "");

    try (CustomBroker started =
        CustomBroker.start(file.toString(), "127.0.0.9", "0", imds.uri().toString())) {
      assertThat(started.address().getAddress().getHostAddress()).isEqualTo("127.0.0.9");
    }
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

  /** Whoever answers for a name would say whose tokens an address gets. */
  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.1", "2130706434", "127.0.0.256", "::x"})
  void hostThatIsNoAddressIsRefusedAndNotLookedUp(String host, @TempDir Path folder)
      throws IOException {
    Path file =
        Files.writeString(folder.resolve("hosts.txt"), host + " builder " + UNUSED_IDENTITY);

    assertThatThrownBy(() -> new HostFile(file)).hasMessage("not an address: " + host);
  }

  @Test
  void hostMayHaveAnAddressOfIpv6(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("hosts.txt"), "fd00::7 builder " + UNUSED_IDENTITY);

    assertThat(new HostFile(file).byAddress(InetAddress.getByName("fd00::7"))).hasSize(1);
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

  private String get(String source, String path, boolean header) throws IOException {
    return ask(source, "GET", path, header ? "Metadata: true" : "Accept: */*");
  }

  /** By hand: the JDK's client of Java 17 cannot choose its source address. */
  private String ask(String source, String method, String path, String... headers)
      throws IOException {
    try (Socket socket = connected(source)) {
      String request =
          "%s %s HTTP/1.1\r\nHost: broker\r\n%s\r\nConnection: close\r\n\r\n"
              .formatted(method, path, String.join("\r\n", headers));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connected(String source) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.bind(new InetSocketAddress(source, 0));
    socket.connect(loopback(program.address().getPort()), 20_000);
    return socket;
  }
}
