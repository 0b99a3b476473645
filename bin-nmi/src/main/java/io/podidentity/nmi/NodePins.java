package io.podidentity.nmi;

import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.Subscription;
import io.podidentity.bin.Daemons;
import io.podidentity.bin.ScheduledTimer;
import io.podidentity.iptables.NodePrograms;
import io.podidentity.iptables.SourcePins;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.NodePods;
import io.podidentity.k8s.PodEvents;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The pins of a node's pods, what keeps them, and what tells of packets that they stopped. */
final class NodePins implements AutoCloseable {
  private final ExecutorService calls =
      Executors.newSingleThreadExecutor(Daemons.named("pod-events"));
  private final ScheduledTimer timer = new ScheduledTimer("pins");
  private final SourcePins pins;
  private final PinKeeper keeper;

  /** Pins that are not kept yet. */
  NodePins(
      NmiOptions options,
      KubernetesConnection kubernetes,
      NodePods pods,
      NmiMetrics metrics,
      Clock clock) {
    pins =
        new SourcePins(
            new SourcePins.Pods() {
              @Override
              public List<Pod> all() {
                return pods.all();
              }

              @Override
              public Subscription onAnyChange(Runnable wake) {
                return pods.onAnyChange(wake);
              }
            },
            NodePrograms.HERE,
            SourcePins.RESULTS,
            options.metadata().ip(),
            options.http().port(),
            new PodEvents(kubernetes, calls, clock)::spoofed);
    keeper =
        new PinKeeper(
            PinKeeper.Kept.of(pins),
            options.rules().pinning() == SourcePinning.ENFORCE,
            options.rules().interval(),
            timer,
            metrics);
    metrics.observePins(pins::pinned, pins::unpinned, pins::dropped);
  }

  void start() {
    keeper.start();
  }

  /** Which addresses count. */
  SourceGate gate() {
    return keeper;
  }

  /** Removes them. */
  @Override
  public void close() {
    pins.close();
    timer.close();
    keeper.close();
    calls.shutdownNow();
  }
}
