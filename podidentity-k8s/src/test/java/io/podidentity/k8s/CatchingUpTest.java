package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.podidentity.api.model.Pod;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On whose threads it is done; what becomes of it, {@link CaughtUpTest} says. */
final class CatchingUpTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final URI PODS = URI.create("ws://127.0.0.1/api/v1/pods?watch=true");

  private final KubernetesClient client =
      KubernetesClients.create(Config.empty(), "test", Duration.ofSeconds(15));
  private final WatchSockets sockets = new WatchSockets();

  @AfterEach
  void close() {
    client.close();
  }

  /** Not on the JVM's common pool, which on two processors is one thread, for all of a process. */
  @Test
  void listsThatHangHoldUpNeitherEachOtherNorAnybodyElse() throws Exception {
    List<HangingList> lists = List.of(new HangingList(), new HangingList(), new HangingList());

    CompletableFuture<Void> caughtUp =
        new CatchingUp(sockets, Duration.ZERO).ask(lists.stream().map(this::followed).toList());

    for (HangingList list : lists) {
      Thread thread = list.begun();
      assertThat(thread.getName()).startsWith("catch-up-list-");
      assertThat(thread.isDaemon()).isTrue();
    }
    caughtUp.cancel(false);
    for (HangingList list : lists) {
      Thread thread = list.begun();
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).as("after nobody wants to know").isFalse();
    }
  }

  @Test
  void watchIsAskedAgainByTheThreadThatKeepsTheTime() throws Exception {
    CompletableFuture<Thread> again = new CompletableFuture<>();
    AtomicInteger pings = new AtomicInteger();
    InvocationHandler socket =
        (proxy, method, arguments) -> {
          assertThat(method.getName()).isEqualTo("sendPing");
          if (pings.incrementAndGet() == 2) {
            again.complete(Thread.currentThread());
          }
          return CompletableFuture.failedFuture(new IllegalStateException("one is on its way"));
        };
    var ears = new PingedWebSocket.Ears(new WebSocket.Listener() {}, PODS, sockets);
    sockets.opened(PODS, ears.own(proxy(WebSocket.class, socket)));

    CompletableFuture<Void> caughtUp =
        new CatchingUp(sockets, NEVER).ask(List.of(followed(new HangingList())));

    assertThat(again.get(30, TimeUnit.SECONDS))
        .isSameAs(
            CompletableFuture.supplyAsync(
                    Thread::currentThread,
                    CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, Runnable::run))
                .join());
    caughtUp.cancel(false);
  }

  private Followed followed(Listable<PodList> list) {
    Mirror<PodResource, Pod> mirror =
        new Mirror<>(
            new Mirror.Kind<>("pods", PodResource::new),
            client.resources(PodResource.class),
            PodMapping::whole,
            (before, after) -> {});
    return new Followed(mirror, list, 1);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** A list that the API server never answers. */
  private static final class HangingList implements Listable<PodList> {
    private final CompletableFuture<Thread> begun = new CompletableFuture<>();

    Thread begun() throws Exception {
      return begun.get(30, TimeUnit.SECONDS);
    }

    @Override
    public PodList list(ListOptions options) {
      begun.complete(Thread.currentThread());
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new KubernetesClientException("given up");
    }

    @Deprecated
    @Override
    public PodList list(Integer limit, String next) {
      throw new AssertionError("pieces are asked for by options");
    }

    @Override
    public PodList list() {
      throw new AssertionError("a list in one piece is too large");
    }
  }
}
