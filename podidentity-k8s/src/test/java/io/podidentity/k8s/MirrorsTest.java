package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Mirrors over informers that do as the test says. */
final class MirrorsTest {
  private final CompletableFuture<Void> firstStarted = new CompletableFuture<>();
  private final CompletableFuture<Void> secondStarted = new CompletableFuture<>();
  private Supplier<CompletableFuture<Void>> second = () -> secondStarted;
  private final Mirrors mirrors =
      new Mirrors(List.of(mirror(() -> firstStarted)), List.of(mirror(() -> second.get())));

  @Test
  void allHaveSyncedWhenTheLastHas() {
    CompletableFuture<Void> synced = mirrors.start();
    firstStarted.complete(null);
    assertThat(synced).isNotDone();

    secondStarted.complete(null);

    assertThat(mirrors.hasSynced()).isTrue();
  }

  /** Else a MIC would wait for it for good, and lead meanwhile. */
  @Test
  void thoseThatComeLaterAndCannotBeginAreAFailureAtOnce() {
    IllegalStateException failure = new IllegalStateException("no thread");
    second =
        () -> {
          throw failure;
        };
    CompletableFuture<Void> synced = mirrors.start();

    firstStarted.complete(null);

    assertThat(synced).isCompletedExceptionally();
    assertThatThrownBy(synced::join).hasCause(failure);
    assertThat(mirrors.hasSynced()).isFalse();
  }

  @Test
  void oneThatGivesUpIsAFailure() {
    IllegalStateException failure = new IllegalStateException("given up");
    CompletableFuture<Void> synced = mirrors.start();
    firstStarted.complete(null);

    secondStarted.completeExceptionally(failure);

    assertThatThrownBy(synced::join).hasCause(failure);
  }

  @Test
  void whoWaitsWhenTheyAreClosedIsToldThatItIsTheEnd() {
    CompletableFuture<Void> synced = mirrors.start();

    mirrors.close();

    assertThatThrownBy(synced::join)
        .cause()
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.SHUTTING_DOWN));
  }

  @SuppressWarnings("unchecked")
  private static Mirror<Pod, String> mirror(Supplier<CompletableFuture<Void>> start) {
    SharedIndexInformer<Pod> informer =
        (SharedIndexInformer<Pod>)
            proxy(
                SharedIndexInformer.class,
                (self, method, arguments) ->
                    switch (method.getName()) {
                      case "start" -> start.get();
                      case "close" -> null;
                      default -> self;
                    });
    Informable<Pod> pods =
        (Informable<Pod>) proxy(Informable.class, (self, method, arguments) -> informer);
    return new Mirror<>(
        new Mirror.Kind<>("pods", Pod::new),
        pods,
        pod -> pod.getMetadata().getName(),
        (before, after) -> {});
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
