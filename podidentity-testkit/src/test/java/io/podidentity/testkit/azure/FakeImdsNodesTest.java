package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.MutableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One metadata service for several nodes, told apart by their source addresses. */
class FakeImdsNodesTest {
  private final FakeAzure azure =
      new FakeAzure(MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z")));
  private final UserAssignedIdentity one = azure.createIdentity(Ids.identity("one"));
  private final UserAssignedIdentity two = azure.createIdentity(Ids.identity("two"));
  private final FakeImds imds;

  FakeImdsNodesTest() {
    azure.createCompute(Ids.VM);
    azure.createCompute(Ids.VMSS);
    azure.attach(Ids.VM, one);
    azure.attach(Ids.VMSS, two);
    azure.putNode("aks-node-0", Ids.VM, "127.0.0.11");
    azure.putNode("aks-pool000001", Ids.VMSS, "127.0.0.12", "127.0.0.13");
    imds = FakeImds.start(azure, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void stop() {
    imds.close();
  }

  @Test
  void eachNodeGetsTheIdentityOfItsOwnMachine() throws IOException {
    assertThat(clientIdFor("127.0.0.11")).isEqualTo(one.clientId());
    assertThat(clientIdFor("127.0.0.12")).isEqualTo(two.clientId());
    assertThat(clientIdFor("127.0.0.13")).isEqualTo(two.clientId());
  }

  @Test
  void instanceOfAScaleSetKnowsItsName() throws IOException {
    assertThat(get("127.0.0.13", "/metadata/instance?api-version=2021-02-01"))
        .contains("\"name\":\"aks-pool000001\"")
        .contains("\"vmScaleSetName\":\"aks-Pool\"");
  }

  @Test
  void unknownSourceIsRefused() throws IOException {
    assertThat(get("127.0.0.14", tokenPath()))
        .startsWith("HTTP/1.1 401")
        .contains("\"error\":\"unknown_source\"");
  }

  private String clientIdFor(String source) throws IOException {
    String answer = get(source, tokenPath());
    int start = answer.indexOf("\"access_token\":\"") + 16;
    return FakeTokens.clientIdOf(answer.substring(start, answer.indexOf('"', start)));
  }

  private static String tokenPath() {
    return "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";
  }

  /** By hand: the JDK's client of Java 17 cannot choose its source address. */
  private String get(String source, String path) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(10_000);
      socket.bind(new InetSocketAddress(source, 0));
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), imds.uri().getPort()), 10_000);
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: imds\r\nMetadata: true\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
