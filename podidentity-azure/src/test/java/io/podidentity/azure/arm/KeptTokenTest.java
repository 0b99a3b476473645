package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

@Timeout(60)
final class KeptTokenTest {
  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final AtomicInteger fetches = new AtomicInteger();

  @Test
  void asksForTheAudiencesDefaultScope() {
    List<String> scopes = new ArrayList<>();
    TokenCredential credential =
        context -> {
          scopes.addAll(context.getScopes());
          return Mono.just(token(Duration.ofHours(1)));
        };

    new KeptToken(credential, "https://management.azure.com/", clock).value();

    assertThat(scopes).containsExactly("https://management.azure.com//.default");
  }

  @Test
  void isKeptUntilFiveMinutesBeforeItsEnd() {
    KeptToken kept = kept(() -> token(Duration.ofHours(1)));

    assertThat(kept.value()).isEqualTo("token 1");
    clock.advance(Duration.ofMinutes(55).minusNanos(1));
    assertThat(kept.value()).isEqualTo("token 1");
    clock.advance(Duration.ofNanos(1));
    assertThat(kept.value()).isEqualTo("token 2");
  }

  @Test
  void allWhoWaitShareOneFetch() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    KeptToken kept =
        kept(
            () -> {
              await(gate);
              return token(Duration.ofHours(1));
            });

    List<Future<String>> waiting = startWaiting(kept);
    gate.countDown();

    for (Future<String> each : waiting) {
      assertThat(each.get()).isEqualTo("token 1");
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void allWhoWaitShareOneFailureAndTheNextOneAsksAnew() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    KeptToken kept =
        kept(
            () -> {
              await(gate);
              if (fetches.get() == 1) {
                throw new PodIdentityException(
                    ErrorReason.TOKEN_UNAVAILABLE, "busy", Duration.ofSeconds(7), null);
              }
              return token(Duration.ofHours(1));
            });

    List<Future<String>> waiting = startWaiting(kept);
    gate.countDown();

    for (Future<String> each : waiting) {
      assertThatThrownBy(each::get)
          .cause()
          .isInstanceOf(PodIdentityException.class)
          .hasMessageContaining("busy");
    }
    assertThat(fetches).hasValue(1);
    assertThat(kept.value()).isEqualTo("token 2");
  }

  @Test
  void aFailureIsNotTheTargetsFaultAndKeepsItsWait() {
    KeptToken kept =
        kept(
            () -> {
              throw new PodIdentityException(
                  ErrorReason.TOKEN_REFUSED, "bad secret", Duration.ofSeconds(7), null);
            });

    PodIdentityException error = catchThrowableOfType(PodIdentityException.class, kept::value);

    assertThat(error.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(error).hasMessageContaining("bad secret");
    assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(7));
  }

  /** A credential of another library: what its message holds is not known. */
  @Test
  void theMessageOfAnothersFailureDoesNotGoOn() {
    KeptToken kept =
        kept(
            () -> {
              throw new IllegalStateException("hidden");
            });

    assertThatThrownBy(kept::value)
        .isInstanceOf(PodIdentityException.class)
        .hasMessageContaining("IllegalStateException")
        .hasMessageNotContaining("hidden")
        .hasNoCause();
  }

  @Test
  void onlyTheTokenThatWasRefusedIsForgotten() {
    KeptToken kept = kept(() -> token(Duration.ofHours(1)));
    kept.value();

    kept.refused("token 0");
    assertThat(kept.value()).isEqualTo("token 1");

    kept.refused("token 1");
    assertThat(kept.value()).isEqualTo("token 2");
  }

  private KeptToken kept(Supplier<AccessToken> source) {
    TokenCredential credential =
        context ->
            Mono.fromSupplier(
                () -> {
                  fetches.incrementAndGet();
                  return source.get();
                });
    return new KeptToken(credential, "https://management.azure.com/", clock);
  }

  private AccessToken token(Duration life) {
    return new AccessToken(
        "token " + fetches.get(), clock.instant().plus(life).atOffset(ZoneOffset.UTC));
  }

  /** Starts eight threads and returns when each of them waits. */
  private static List<Future<String>> startWaiting(KeptToken kept) {
    List<Future<String>> results = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<String> task = new FutureTask<>(kept::value);
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
      results.add(task);
      threads.add(thread);
    }
    while (!threads.stream().allMatch(KeptTokenTest::waits)) {
      Thread.onSpinWait();
    }
    return results;
  }

  private static boolean waits(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  private static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
