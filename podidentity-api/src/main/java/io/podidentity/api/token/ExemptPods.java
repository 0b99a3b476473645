package io.podidentity.api.token;

import io.podidentity.api.matching.MicPods;
import io.podidentity.api.matching.PodExemptions;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.spi.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tells why a pod is exempt, if it is. Thread-safe. */
final class ExemptPods {
  /** How long an answer about a ReplicaSet is kept. */
  static final Duration REMEMBERED = Duration.ofSeconds(10);

  enum Kind {
    /** It is not. */
    NONE,
    /** An {@code AzurePodIdentityException} of its namespace says so. */
    BY_OBJECT,
    /** It is one of MIC's. */
    MIC
  }

  private final Exemptions exemptions;
  private final Timer timer;
  private final Map<PodController, CompletableFuture<Boolean>> live = new ConcurrentHashMap<>();

  ExemptPods(Exemptions exemptions, Timer timer) {
    this.exemptions = exemptions;
    this.timer = timer;
  }

  /**
   * Why the pod is exempt. Complete already, bar for a pod that says that it is MIC's.
   *
   * @throws io.podidentity.api.PodIdentityException if it cannot be told yet
   */
  CompletableFuture<Kind> of(Pod pod) {
    boolean byObject =
        PodExemptions.isExempt(pod, exemptions.objects().inNamespace(pod.name().namespace()));
    Kind otherwise = byObject ? Kind.BY_OBJECT : Kind.NONE;
    Exemptions.Mic mic = exemptions.mic();
    Optional<PodController> claim = mic == null ? Optional.empty() : mic.pods().claim(pod);
    if (mic == null || claim.isEmpty()) {
      return CompletableFuture.completedFuture(otherwise);
    }
    return isLive(mic, claim.get(), pod)
        .handle(
            (isLive, error) -> {
              if (isLive != null && isLive) {
                return Kind.MIC;
              }
              if (error == null || byObject) {
                return otherwise;
              }
              throw error instanceof CompletionException known
                  ? known
                  : new CompletionException(error);
            });
  }

  /** One question at a time for each ReplicaSet, and none more often than it is remembered. */
  private CompletableFuture<Boolean> isLive(Exemptions.Mic mic, PodController claim, Pod pod) {
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> known = live.putIfAbsent(claim, asked);
    if (known != null) {
      return known;
    }
    CompletableFuture<Boolean> answer;
    try {
      forgetLater(claim);
      answer = mic.replicaSets().isLive(MicPods.nameOf(claim, pod), claim.uid());
    } catch (RuntimeException | Error e) {
      // An error too: others may wait for this answer already.
      answer = CompletableFuture.failedFuture(e);
    }
    var unused = answer.whenComplete((isLive, error) -> settle(asked, isLive, error));
    return asked;
  }

  private void forgetLater(PodController claim) {
    var unused = timer.schedule(REMEMBERED, () -> live.remove(claim));
  }

  private static void settle(
      CompletableFuture<Boolean> asked, @Nullable Boolean isLive, @Nullable Throwable error) {
    if (isLive == null) {
      asked.completeExceptionally(
          error == null ? new IllegalStateException("neither live nor gone") : error);
    } else {
      asked.complete(isLive);
    }
  }
}
