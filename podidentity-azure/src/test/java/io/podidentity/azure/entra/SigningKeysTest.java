package io.podidentity.azure.entra;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.podidentity.azure.entra.Pkcs12.UnusableException;
import io.podidentity.testkit.ManualTimer;
import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.http.TestCertificate;
import io.podidentity.testkit.http.TestCertificates;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How often a file is read, and for how long its key is kept. */
final class SigningKeysTest {
  private static final byte[] FILE = {1, 2, 3};
  private static final TestCertificate CERTIFICATE = TestCertificates.selfSigned("app");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final MutableClock clock = MutableClock.startingAt(Instant.parse("2026-03-01T12:00:00Z"));
  private final ManualTimer timer = new ManualTimer(clock);
  private final AtomicInteger reads = new AtomicInteger();
  private @Nullable UnusableException problem;
  private final SigningKeys keys = keys(this::read);

  private SigningKeys keys(SigningKeys.Reader reader) {
    Scheduler scheduler =
        (executor, task, delay, unit) -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          var unused =
              timer.schedule(
                  Duration.of(delay, unit.toChronoUnit()),
                  () -> {
                    executor.execute(task);
                    done.complete(null);
                  });
          return done;
        };
    return new SigningKeys(reader, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()), scheduler);
  }

  private SigningKey read(byte[] file, char[] password) throws UnusableException {
    reads.incrementAndGet();
    if (problem != null) {
      throw problem;
    }
    return new SigningKey(CERTIFICATE.privateKey(), List.of(CERTIFICATE.certificate()));
  }

  @Test
  void aFileIsReadOnceAMinute() throws UnusableException {
    SigningKey first = keys.read("of one", FILE, new char[0]);

    timer.advance(MINUTE.minusMillis(1));
    assertThat(keys.read("of one", FILE, new char[0])).isSameAs(first);
    assertThat(reads).hasValue(1);
    timer.advance(Duration.ofSeconds(2));

    assertThat(keys.read("of one", FILE, new char[0])).isNotSameAs(first);
    assertThat(reads).hasValue(2);
  }

  @Test
  void oneThatCannotBeUsedIsReadOnceAMinuteToo() {
    problem = new UnusableException("its password is wrong");
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> keys.read("of one", FILE, new char[0])).isSameAs(problem);
    }
    assertThat(reads).hasValue(1);
  }

  @Test
  void anotherSecretIsAnotherFile() throws UnusableException {
    SigningKey one = keys.read("of one", FILE, new char[0]);

    assertThat(keys.read("of another", FILE, new char[0])).isNotSameAs(one);
  }

  @Test
  void whoComesWhileItIsReadWaitsForThat() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    SigningKeys slow =
        keys(
            (file, password) -> {
              began.countDown();
              try {
                mayEnd.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return read(file, password);
            });
    CompletableFuture<SigningKey> first = CompletableFuture.supplyAsync(() -> of(slow));
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<SigningKey> second = CompletableFuture.supplyAsync(() -> of(slow));
    assertThat(second).isNotDone();

    mayEnd.countDown();

    assertThat(second.get(10, TimeUnit.SECONDS)).isSameAs(first.get(10, TimeUnit.SECONDS));
    assertThat(reads).hasValue(1);
  }

  private static SigningKey of(SigningKeys keys) {
    try {
      return keys.read("of one", FILE, new char[0]);
    } catch (UnusableException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nothingIsKeptForLongerThoughNobodyAsks() throws UnusableException {
    WeakReference<SigningKey> key = new WeakReference<>(keys.read("of one", FILE, new char[0]));
    assertThat(key.get()).isNotNull();

    timer.advance(MINUTE.plusSeconds(2));

    for (int i = 0; i < 50 && key.get() != null; i++) {
      System.gc();
    }
    assertThat(key.get()).isNull();
  }

  @Test
  void anErrorOfThisProgramIsNotKept() throws UnusableException {
    SigningKeys broken =
        keys(
            (file, password) -> {
              if (reads.incrementAndGet() == 1) {
                throw new IllegalArgumentException("a bug");
              }
              return requireNonNull(read(file, password));
            });
    assertThatThrownBy(() -> broken.read("of one", FILE, new char[0])).hasRootCauseMessage("a bug");

    assertThat(broken.read("of one", FILE, new char[0])).isNotNull();
  }

  @Test
  void oneThatIsAsLargeAsASecretCanBeIsKept() throws UnusableException {
    byte[] large = new byte[1 << 20];
    SigningKey key = keys.read("of one", large, new char[0]);

    assertThat(keys.read("of one", large, new char[0])).isSameAs(key);
  }
}
