package io.podidentity.example.custom;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.podidentity.api.embed.EmbeddedBroker;
import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ResourceId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class TokenEndpointTest {
  private final ExecutorService writers =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "writer"));

  /**
   * A client that does not read its answer would hold up whoever else the broker's thread serves.
   */
  @Test
  void answerIsWrittenOnAThreadOfTheServersOwn() throws Exception {
    LinkedBlockingQueue<String> writing = new LinkedBlockingQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (EmbeddedBroker broker =
        new EmbeddedBroker(
            workloads(),
            query -> {
              Instant now = Instant.now();
              return List.of(new AccessToken("t", now.plusSeconds(60), now, query.resource()));
            })) {
      server.createContext(
          TokenEndpoint.PATH, new TokenEndpoint(broker, telling(writing), writers));
      server.start();
      HttpResponse<Void> answer =
          HttpClient.newHttpClient().send(request(server), HttpResponse.BodyHandlers.discarding());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(writing).containsExactly("writer");
    } finally {
      server.stop(0);
      writers.shutdownNow();
    }
  }

  private static HttpRequest request(HttpServer server) {
    return HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:%d%s?api-version=2018-02-01&resource=r"
                    .formatted(server.getAddress().getPort(), TokenEndpoint.PATH)))
        .header("Metadata", "true")
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private static Workloads workloads() {
    NamespacedName name = new NamespacedName("hosts", "here");
    Workloads workloads = new Workloads();
    workloads.put(
        name,
        Set.of(InetAddress.getLoopbackAddress()),
        List.of(
            new AzureIdentity(
                name,
                "uid",
                1,
                true,
                new Credential.ManagedIdentity(
                    ResourceId.of(
                        "s", "rg", "Microsoft.ManagedIdentity", "userAssignedIdentities", "here"),
                    new ClientId("6b1f0d1c-0000-4000-8000-3f1c8a2f6c11")))));
    return workloads;
  }

  /** The endpoint asks it for the time while it writes an answer. */
  private static Clock telling(LinkedBlockingQueue<String> threads) {
    return new Clock() {
      private final Clock system = Clock.systemUTC();

      @Override
      public Instant instant() {
        threads.add(Thread.currentThread().getName());
        return system.instant();
      }

      @Override
      public ZoneId getZone() {
        return system.getZone();
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
