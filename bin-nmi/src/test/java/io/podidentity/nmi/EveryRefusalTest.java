package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.Pod;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.SimulatorServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Provokes each cause of {@code docs/troubleshooting.md} from outside, over a socket; one that is
 * new has to be provoked here too. {@code RefusalCauseTest} compares statuses with that document.
 */
class EveryRefusalTest {
  private static final String NODE = "127.0.0.1";
  private static final String POD = "127.0.0.2";
  private static final String STRANGER = "127.0.0.9";
  private static final String COMPUTE = "/metadata/instance/compute";
  private static final String HOST = "/host/token/?resource=r";
  private static final String[] WEB = {"podname: web", "podns: default"};

  private final CountDownLatch auditGoesOn = new CountDownLatch(1);
  private volatile CompletableFuture<Reply> imdsAnswer =
      CompletableFuture.completedFuture(Reply.json(200, Map.of()));
  private final SimulatorServer imds =
      SimulatorServer.start(
          "imds",
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          null,
          Clock.systemUTC(),
          request -> imdsAnswer);
  private TestNmi nmi = start(Settings.DEFAULT);

  @AfterEach
  void close() throws IOException {
    auditGoesOn.countDown();
    imdsAnswer.complete(Reply.empty(204));
    nmi.close();
    imds.close();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "CLIENT_GONE")
  void causeIsOnTheWire(RefusalCause cause) throws IOException {
    Received reply = provoke(cause);

    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo(cause.code());
    assertThat(reply.status()).isBetween(400, 504);
    assertThat(reply.body()).endsWith("\n");
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(reply.body().length()));
    if (cause != RefusalCause.METADATA_HEADER_MISSING) {
      assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }
    if (reply.status() == 503 && cause != RefusalCause.IDENTITY_INVALID) {
      assertThat(reply.header("Retry-After")).as("advice").matches("[1-9][0-9]*");
    }
  }

  private Received provoke(RefusalCause cause) throws IOException {
    return switch (cause) {
      case PATH_REFUSED -> nmi.from(POD).get(IdentityPaths.LEFT_OPEN_BY_VERSION_ONE).read();
      case METADATA_HEADER_MISSING -> nmi.from(POD).get(TOKEN).read();
      case FORWARDED -> nmi.from(POD).get(TOKEN, METADATA, "X-Forwarded-For: 10.0.0.1").read();
      case INVALID_REQUEST -> nmi.from(POD).get(TOKEN + "&resource=x", METADATA).read();
      case METHOD_NOT_ALLOWED -> nmi.from(NODE).send("POST", COMPUTE, METADATA).read();
      case BODY_TOO_LARGE -> {
        restart(Settings.DEFAULT.withAnyMethod());
        yield nmi.from(NODE).send("POST", COMPUTE, METADATA, "Content-Length: 4097").read();
      }

      case POD_NOT_FOUND -> afterHold(nmi.from(STRANGER).get(TOKEN, METADATA));
      case POD_AMBIGUOUS -> {
        nmi.pod("web", POD);
        nmi.pod("other", POD);
        yield afterHold(nmi.from(POD).get(TOKEN, METADATA));
      }
      case SOURCE_NOT_PINNED -> {
        bound();
        nmi.unpinned.add(POD);
        yield nmi.from(POD).get(TOKEN, METADATA).read();
      }
      case NOT_FROM_HOST -> nmi.from(POD).get(HOST, WEB).read();
      case HOST_TOKEN_DISABLED -> {
        restart(Settings.DEFAULT.withoutHostToken());
        yield nmi.from(NODE).get(HOST, WEB).read();
      }
      case AUDIT_BUSY -> whileTheAuditLogIsStuck();

      case POD_NOT_BOUND -> {
        nmi.pod("web", POD, Map.of());
        yield nmi.from(POD).get(TOKEN, METADATA).read();
      }
      case IDENTITY_NOT_BOUND -> {
        nmi.pod("web", POD);
        yield afterHold(nmi.from(POD).get(TOKEN, METADATA));
      }
      case IDENTITY_NOT_ASSIGNED -> {
        nmi.record(nmi.pod("web", POD), TestNmi.identity("one"), AssignmentState.CREATED);
        yield afterHold(nmi.from(POD).get(TOKEN, METADATA));
      }
      case IDENTITY_NOT_ALLOWED -> {
        bound();
        yield afterHold(nmi.from(POD).get(TOKEN + "&client_id=another", METADATA));
      }
      case IDENTITY_INVALID, IDENTITY_NOT_PERMITTED, TOKEN_REFUSED, TOKEN_UNAVAILABLE ->
          whenTheSourceSays(ErrorReason.valueOf(cause.name()));

      case TOKEN_THROTTLED -> whileOthersWaitForTheTokenService();
      case CLUSTER_UNAVAILABLE -> {
        nmi.cluster.failLists(
            new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "connection refused"));
        yield afterHold(nmi.from(STRANGER).get(TOKEN, METADATA));
      }
      case SHUTTING_DOWN -> {
        nmi.pod("web", POD);
        RawHttp waiting = nmi.from(POD).get(TOKEN, METADATA);
        Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);
        nmi.stop();
        yield waiting.read();
      }

      case METADATA_BLOCKED -> {
        restart(Settings.DEFAULT.withBlock());
        yield nmi.from(NODE).get(COMPUTE).read();
      }
      case METADATA_BUSY -> {
        RawHttp node = nmi.from(NODE);
        for (int i = 0; i < MetadataBudget.PER_SECOND; i++) {
          assertThat(node.get(COMPUTE, METADATA).read().status()).isEqualTo(200);
        }
        yield node.get(COMPUTE, METADATA).read();
      }
      case METADATA_UNREACHABLE -> {
        imds.close();
        yield nmi.from(NODE).get(COMPUTE, METADATA).read();
      }
      case METADATA_TIMEOUT -> {
        imdsAnswer = new CompletableFuture<>();
        RawHttp node = nmi.from(NODE).get(COMPUTE, METADATA);
        imds.requests().await(1, request -> true, Duration.ofSeconds(20));
        nmi.timer.advance(Duration.ofSeconds(30));
        yield node.read();
      }

      case INTERNAL_ERROR -> {
        bound();
        nmi.tokens(
            query -> {
              throw new IllegalStateException("a defect");
            });
        yield nmi.from(POD).get(TOKEN, METADATA).read();
      }
      case CLIENT_GONE -> throw new IllegalArgumentException("nobody is there to read it");
    };
  }

  /** It is in the access log alone, as v1 has it there: 404. */
  @Test
  void clientThatHangsUpIsInTheAccessLog() throws IOException {
    nmi.pod("web", POD);
    RawHttp waiting = nmi.from(POD).get(TOKEN, METADATA);
    Eventually.isTrue("it waits", () -> nmi.cluster.waiting() == 1);

    waiting.close();

    Eventually.isTrue(
        "it is logged",
        () ->
            nmi.accessLog.stream()
                .anyMatch(line -> line.matches("status \\(404\\) .* error=client-gone .*")));
  }

  private Pod bound() {
    Pod pod = nmi.pod("web", POD);
    nmi.record(pod, TestNmi.identity("one"), AssignmentState.ASSIGNED);
    return pod;
  }

  private Received whenTheSourceSays(ErrorReason reason) throws IOException {
    bound();
    nmi.tokensFail(new PodIdentityException(reason, "what happened"));
    return nmi.from(POD).get(TOKEN, METADATA).read();
  }

  /** The answer when its hold is over, whenever that has begun. */
  private Received afterHold(RawHttp connection) throws IOException {
    Eventually.isTrue(
        "its hold is over",
        () -> {
          nmi.timer.advance(TestNmi.HOLDS.untilAssigned());
          return connection.hasAnswer();
        });
    return connection.read();
  }

  private Received whileTheAuditLogIsStuck() throws IOException {
    nmi.close();
    nmi = new TestNmi(Settings.DEFAULT, line -> awaitAudit());
    bound();
    RawHttp component = nmi.from(NODE);
    Received reply = component.get(HOST, WEB).read();
    for (int i = 0; i < 10_000 && reply.status() == 200; i++) {
      reply = component.get(HOST, WEB).read();
    }
    return reply;
  }

  private void awaitAudit() {
    try {
      auditGoesOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One pod's share of the queue is full when the service gives no answer. */
  private Received whileOthersWaitForTheTokenService() throws IOException {
    bound();
    CountDownLatch serviceGoesOn = auditGoesOn;
    nmi.tokens(
        query -> {
          try {
            serviceGoesOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return TestNmi.tokenFor(query);
        });
    RawHttp last = nmi.from(POD);
    for (int i = 0; i < 2 + 32; i++) {
      nmi.from(POD).get(TOKEN.replace("resource=", "resource=" + i), METADATA);
    }
    Eventually.isTrue(
        "its share is full",
        () ->
            nmi.metrics
                .registry()
                .text()
                .contains("\npodidentity_token_fetches_waiting{service=\"imds\"} 32\n"));
    return last.get(TOKEN, METADATA).read();
  }

  private TestNmi start(Settings settings) {
    return new TestNmi(settings.withMetadata(imds.uri()));
  }

  private void restart(Settings settings) throws IOException {
    nmi.close();
    nmi = start(settings);
  }
}
