package io.podidentity.benchmarks;

import io.podidentity.benchmarks.ServerProcess.Measured;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.ImdsLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Measures NMI under load, beside a bare handler of the same HTTP server. It fails on no figure:
 * {@code tests/benchmarks/nmi-load.sh} runs it and shows the goals beside. No build runs it,
 * because its name does not end in Test.
 */
final class NmiLoadReport {
  private static final int PODS = 16;
  private static final int ROUND = 2_000;
  private static final int WARM_UP = 3;
  private static final int ROUNDS = 9;
  private static final String MACHINE =
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/bench"
          + "/providers/Microsoft.Compute/virtualMachines/bench";

  private static final String REQUEST =
      "GET /metadata/identity/oauth2/token?api-version=2018-02-01"
          + "&resource=https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1\r\n"
          + "Host: 169.254.169.254\r\nMetadata: true\r\n\r\n";

  private final Table table = new Table();

  @Test
  void measure() throws IOException {
    Path jvmArguments =
        Path.of(System.getProperty("nmi.jvmargs", "../../bin-nmi/src/dist/conf/nmi.jvmargs"));
    FakeAzure azure = new FakeAzure(Clock.systemUTC());
    azure.createCompute(MACHINE);
    List<String> toNmi = new ArrayList<>();
    List<String> clientIds =
        IntStream.range(0, PODS)
            .mapToObj(i -> azure.createIdentity(BenchNode.identityId(i).value()))
            .peek(identity -> azure.attach(MACHINE, identity))
            .map(identity -> identity.clientId())
            .toList();
    try (FakeImds imds = FakeImds.startFor(azure, MACHINE)) {
      imds.limits(ImdsLimits.DOCUMENTED);
      imds.latency(Duration.ofMillis(50));
      toNmi.add(imds.uri().toString());
      toNmi.addAll(clientIds);
      try (ServerProcess nmi = ServerProcess.start(NmiServerMain.class, jvmArguments, toNmi)) {
        // Cold: the first of each pod's requests goes to the service.
        table.budget(measure(nmi), imds.requests().all().size());
        Path body = Files.createTempFile("token", ".json");
        try {
          Files.write(body, bodyOf(nmi));
          try (ServerProcess bare =
              ServerProcess.start(BareServerMain.class, jvmArguments, List.of(body.toString()))) {
            compare(nmi, bare);
          }
        } finally {
          Files.delete(body);
        }
      }
    }
    Files.write(Path.of("target", "nmi-load.txt"), table.lines());
  }

  private void compare(ServerProcess nmi, ServerProcess bare) {
    for (int i = 0; i < WARM_UP; i++) {
      measure(nmi);
      measure(bare);
    }
    List<Measured> ofNmi = new ArrayList<>();
    List<Measured> ofBare = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      // In turns, so that what else the machine does hits both.
      ofNmi.add(measure(nmi));
      ofBare.add(measure(bare));
    }
    table.warm(ofNmi, ofBare);
  }

  private static Measured measure(ServerProcess server) {
    return server.measure(REQUEST, PODS, ROUND);
  }

  private static byte[] bodyOf(ServerProcess nmi) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(BenchNode.address(0), 0));
      socket.connect(nmi.target());
      socket
          .getOutputStream()
          .write(
              REQUEST
                  .replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8);
    }
  }
}
