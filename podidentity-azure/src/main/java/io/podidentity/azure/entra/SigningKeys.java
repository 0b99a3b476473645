package io.podidentity.azure.entra;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.entra.Pkcs12.UnusableException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Reads PKCS#12 files, each once a minute: whoever writes one chooses how much work it is, and a
 * pod may have it read for each resource that it can think of. What came of it is kept for that
 * minute, in memory alone; neither the file nor its password is. Thread-safe.
 */
final class SigningKeys {
  private static final Duration KEPT = Duration.ofMinutes(1);

  /** Of files: the largest Secret, and hundreds of ordinary ones. */
  private static final int MOST_BYTES = 2 << 20;

  private final Reader reader;
  private final Cache<String, Reading> readings;

  /** As {@link Pkcs12#read}. */
  interface Reader {
    SigningKey read(byte[] file, char[] password) throws UnusableException;
  }

  private record Reading(int bytes, FutureTask<SigningKey> key) {}

  SigningKeys() {
    this(Pkcs12::read, Ticker.systemTicker(), Scheduler.systemScheduler());
  }

  /** By another reader, in another time. */
  SigningKeys(Reader reader, Ticker ticker, Scheduler scheduler) {
    this.reader = reader;
    this.readings =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .ticker(ticker)
            .expireAfterWrite(KEPT)
            // Else keys would stay until somebody asks again.
            .scheduler(scheduler)
            .maximumWeight(MOST_BYTES)
            .weigher((String fingerprint, Reading reading) -> reading.bytes())
            .build();
  }

  /**
   * The key in a file.
   *
   * @param fingerprint tells the file and its password from others
   * @throws UnusableException as {@link Pkcs12#read} does, or did
   * @throws PodIdentityException with {@code SHUTTING_DOWN} if the thread is interrupted while
   *     another one reads it
   */
  SigningKey read(String fingerprint, byte[] file, char[] password) throws UnusableException {
    Reading own = new Reading(file.length, new FutureTask<>(() -> reader.read(file, password)));
    Reading other = readings.asMap().putIfAbsent(fingerprint, own);
    if (other == null) {
      own.key().run();
    }
    Reading reading = other == null ? own : other;
    try {
      return reading.key().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnusableException unusable) {
        throw unusable;
      }
      // Nothing that the file is to blame for.
      readings.asMap().remove(fingerprint, reading);
      throw new IllegalStateException("reading a PKCS#12 file failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(
          ErrorReason.SHUTTING_DOWN, "gave up waiting for a certificate to be read", e);
    }
  }
}
