package io.podidentity.testkit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.conformance.ConformanceReport.Row;
import io.podidentity.testkit.http.Handler;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConformanceTest {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String IDENTITY =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
          + "/userAssignedIdentities/id";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void simulatedServiceHoldsEverything() {
    FakeAzure azure = new FakeAzure(Clock.systemUTC());
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, azure.createIdentity(IDENTITY));
    try (FakeImds imds = FakeImds.startFor(azure, MACHINE)) {
      int code = run("--endpoint=" + imds.uri(), "--timeout=20");

      assertThat(out.toString(UTF_8))
          .doesNotContain("FAIL")
          .contains("pass  required  a token is given for a resource")
          .contains("17 of 17 hold")
          .contains("https://learn.microsoft.com/");
      assertThat(code).isZero();
      assertThat(imds.requests().all()).hasSizeGreaterThan(17);
    }
  }

  @Test
  void serverThatGivesATokenToWhoeverAsksFailsEachRefusal() {
    Handler generous = request -> CompletableFuture.completedFuture(token("Bearer", "3600"));

    assertThat(failures(generous))
        .containsExactly(
            "no token without the header Metadata: true",
            "no token for a request that came through a proxy",
            "no token without a resource",
            "no token for an identity that is not there",
            "no token at a path that only looks like it",
            "no token for POST",
            "a missing header is a malformed request (400)",
            "a missing resource is a malformed request (400)",
            "a request needs an api-version",
            "an error says what is wrong in JSON",
            "an unknown path is not found (404)");
  }

  @Test
  void answerOfTheWrongFormFailsWhatItBreaks() {
    assertThat(failures(answer(token("Cookie", "3600"))))
        .contains("a token is given for a resource")
        .doesNotContain("numbers of the answer are strings");
    assertThat(failures(answer(token("Bearer", "0"))))
        .contains("the token is not for a past time")
        .doesNotContain("a token is given for a resource");
    assertThat(
            failures(
                answer(
                    Reply.json(
                        200,
                        Map.of("access_token", "t", "token_type", "Bearer", "expires_in", 1)))))
        .contains(
            "numbers of the answer are strings", "the answer is for the resource that was asked");
    assertThat(failures(answer(Reply.text(200, "token"))))
        .contains("a token is given for a resource", "the answer is JSON by its type");
  }

  @Test
  void tokenThatExpiredLongAgoIsForAPastTimeWhateverItSaysIsLeft() {
    assertThat(failures(answer(token("Bearer", "3600", "2"))))
        .contains("the token is not for a past time")
        .doesNotContain("a token is given for a resource");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void answerThatMayBeAnotherNextTimeIsNoRefusal(int status) {
    Reply reply = Reply.json(status, Map.of("error", "e", "error_description", "d"));
    try (SimulatorServer server = server(answer(reply.retryAfter(Duration.ZERO)))) {
      assertThat(report(server).rows())
          .filteredOn(row -> row.name().startsWith("no token "))
          .hasSize(6)
          .allSatisfy(row -> assertThat(row.problem()).contains("could not tell", "" + status));
    }
  }

  @Test
  void endpointThatServesNoMoreForAMomentIsAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    Handler throttling =
        request ->
            CompletableFuture.completedFuture(
                asked.incrementAndGet() % 2 == 1
                    ? Reply.empty(429).retryAfter(Duration.ZERO)
                    : Reply.json(403, Map.of("error", "e", "error_description", "d")));

    assertThat(failures(throttling))
        .contains("a token is given for a resource")
        .doesNotContain("no token without a resource", "no token for POST");
  }

  @Test
  void serverThatRefusesEverybodyHasNoTokenToGive() {
    assertThat(failures(answer(Reply.json(403, Map.of("error", "e", "error_description", "d")))))
        .contains("a token is given for a resource", "5 requests at once are served")
        .doesNotContain("no token without a resource");
  }

  @Test
  void problemsShowNoToken() {
    run("--endpoint", serverThenGone(), "--timeout", "5");

    assertThat(out.toString(UTF_8)).contains("no answer").doesNotContain("secret-value");
  }

  @Test
  void commandLineThatIsWrongIsRefusedByName() {
    assertThat(run("--endpoint=ftp://host")).isEqualTo(2);
    assertThat(run("--endpoint=http://host/path")).isEqualTo(2);
    assertThat(run("--endpoint=http://user@host")).isEqualTo(2);
    assertThat(run("--timeout=soon")).isEqualTo(2);
    assertThat(run("--resource")).isEqualTo(2);
    assertThat(run("--verbose")).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .contains(
            "--endpoint must be", "--timeout is no", "needs a value", "unknown flag: --verbose");
    assertThat(run("--help")).isZero();
    assertThat(out.toString(UTF_8)).contains("--endpoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://my_imds", "http://my_imds:8080", "http://host:123456"})
  void hostThatCannotBeAskedIsRefusedInWords(String endpoint) {
    assertThat(run("--endpoint=" + endpoint)).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("no valid host name or port").contains(endpoint);
  }

  private static String serverThenGone() {
    SimulatorServer server = server(answer(token("Bearer", "1")));
    String uri = server.uri().toString();
    server.close();
    return uri;
  }

  /** The names of the cases that such a server fails. */
  private static List<String> failures(Handler handler) {
    try (SimulatorServer server = server(handler)) {
      ConformanceReport report = report(server);
      assertThat(report.table()).contains("FAIL").doesNotContain("secret-value");
      assertThat(report.isConformant()).isFalse();
      return report.rows().stream().filter(row -> !row.passed()).map(Row::name).toList();
    }
  }

  private static ConformanceReport report(SimulatorServer server) {
    return ConformanceReport.of(
        ConformanceOptions.parse(List.of("--endpoint=" + server.uri(), "--timeout=20")));
  }

  private static SimulatorServer server(Handler handler) {
    return SimulatorServer.start(
        "planted",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null,
        Clock.systemUTC(),
        handler);
  }

  private static Handler answer(Reply reply) {
    return request -> CompletableFuture.completedFuture(reply);
  }

  private static Reply token(String type, String expiresIn) {
    return token(type, expiresIn, "99999999999");
  }

  private static Reply token(String type, String expiresIn, String expiresOn) {
    return Reply.json(
        200,
        Map.of(
            "access_token",
            "secret-value",
            "token_type",
            type,
            "resource",
            "https://management.azure.com",
            "expires_in",
            expiresIn,
            "expires_on",
            expiresOn,
            "not_before",
            "1"));
  }

  private int run(String... arguments) {
    return ConformanceMain.run(
        List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }
}
