package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.WriteGuard;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a taint off each node on which a pod of NMI is ready. A node pool that is made with that
 * taint has no pod that asks for a token before NMI can answer. Nobody else takes it off, so NMI
 * and MIC have to tolerate it. Not in v1.
 *
 * <p>Thread-safe. A patch that fails, or that the guard refuses, is tried again after a while, and
 * with the next change of a node that has the taint or of an NMI's readiness.
 */
public final class StartupTaints implements AutoCloseable {
  /**
   * Which taint, and who is NMI.
   *
   * @param key the taint's; whatever its value and effect
   * @param namespace where NMI's pods are; whoever may make pods there decides when the taint goes
   * @param nmiSelector labels of NMI's pods, as in {@code component=nmi,tier=node}
   */
  public record Settings(String key, String namespace, String nmiSelector) {}

  /**
   * A node that has the taint.
   *
   * @param index where it stands among the node's taints
   * @param effect which tells it from others with the same key, of which one may take its place
   */
  private record Tainted(String node, int index, String effect) {}

  /** Lists come in pieces: of large clusters one does not need them all in memory at once. */
  private static final long PAGE = 500;

  /** How long after a failure the next try is made, if nothing changes. */
  static final Duration AGAIN = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(StartupTaints.class);

  private final KubernetesClient client;
  private final Settings settings;
  private final WriteGuard guard;
  private final Timer timer;
  private final Executor executor;
  private final LastTold told = new LastTold(System::nanoTime);
  private final AtomicBoolean waits = new AtomicBoolean();
  private final Mirror<Node, Tainted> tainted;
  private final Mirror<Pod, String> ready;
  private final Mirrors all;

  /**
   * Begins only with {@link #start()}.
   *
   * @param connection may list and watch nodes, and pods in NMI's namespace, and patch nodes; it
   *     stays the caller's to close
   * @param guard asked before each patch
   * @param timer for another try after a failure
   * @param executor where the patches run, one at a time
   */
  public StartupTaints(
      KubernetesConnection connection,
      Settings settings,
      WriteGuard guard,
      Timer timer,
      Executor executor) {
    this(connection.client(), settings, guard, timer, executor);
  }

  StartupTaints(
      KubernetesClient client,
      Settings settings,
      WriteGuard guard,
      Timer timer,
      Executor executor) {
    this.client = client;
    this.settings = settings;
    this.guard = guard;
    this.timer = timer;
    this.executor = executor;
    tainted =
        new Mirror<>(
            new Mirror.Kind<>("nodes", Node::new),
            client.nodes().withLimit(PAGE),
            this::tainted,
            (before, after) -> look());
    ready =
        new Mirror<>(
            new Mirror.Kind<>("pods", Pod::new),
            client
                .pods()
                .inNamespace(settings.namespace())
                .withLabelSelector(settings.nmiSelector()),
            StartupTaints::nodeIfReady,
            (before, after) -> look());
    all = new Mirrors(tainted, ready);
  }

  /** Begins to follow nodes and NMI's pods. Returns at once. */
  public void start() {
    log.info("taking taint off nodes where NMI is ready: key={}", settings.key());
    var unused = all.start();
  }

  @Override
  public void close() {
    all.close();
  }

  private @Nullable Tainted tainted(Node node) {
    List<Taint> taints = node.getSpec() == null ? null : node.getSpec().getTaints();
    for (int index = 0; taints != null && index < taints.size(); index++) {
      if (settings.key().equals(taints.get(index).getKey())) {
        return new Tainted(node.getMetadata().getName(), index, taints.get(index).getEffect());
      }
    }
    return null;
  }

  private static @Nullable String nodeIfReady(Pod pod) {
    boolean ready =
        pod.getMetadata().getDeletionTimestamp() == null
            && pod.getStatus() != null
            && pod.getStatus().getConditions().stream()
                .anyMatch(one -> "Ready".equals(one.getType()) && "True".equals(one.getStatus()));
    return ready ? pod.getSpec().getNodeName() : null;
  }

  private void look() {
    try {
      executor.execute(this::removeAll);
    } catch (RejectedExecutionException e) {
      log.debug("stopping: no taint is taken off any more");
    }
  }

  private void removeAll() {
    boolean left = true;
    try {
      left = removesNotAll();
    } finally {
      if (left && waits.compareAndSet(false, true)) {
        var unused = timer.schedule(AGAIN, this::again);
      }
    }
  }

  private boolean removesNotAll() {
    Set<String> nodes = Set.copyOf(ready.values());
    boolean left = false;
    for (Tainted taint : tainted.values()) {
      if (nodes.contains(taint.node())) {
        left |= !remove(taint);
      }
    }
    return left;
  }

  private void again() {
    waits.set(false);
    look();
  }

  /** Whether there is nothing more to do as long as nothing changes. */
  private boolean remove(Tainted taint) {
    Node node = new NodeBuilder().withNewMetadata().withName(taint.node()).endMetadata().build();
    String path = "/spec/taints/" + taint.index();
    // Whoever changed the taints meanwhile makes the test fail; then the node is news again.
    List<Map<String, String>> patch =
        List.of(
            Map.of("op", "test", "path", path + "/key", "value", settings.key()),
            Map.of("op", "remove", "path", path));
    try {
      guard.check();
      client
          .resource(node)
          .patch(
              PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
      log.info("taint taken off: node={} key={}", taint.node(), settings.key());
      return true;
    } catch (PodIdentityException e) {
      // The election tells what is wrong, if something is.
      String problem = String.valueOf(e.getMessage());
      if (told.isNews(problem, 0)) {
        log.info("taint left on, trying on: node={} problem={}", taint.node(), problem);
      }
      return false;
    } catch (KubernetesClientException e) {
      if (RecordApi.isGone(e) || RecordApi.isUnprocessable(e)) {
        return true;
      }
      String problem =
          e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
              ? "grant patch on nodes, as deploy/rbac/mic-startup-taint.yaml does"
              : Failures.brief(e);
      if (told.isNews(problem, 0)) {
        log.warn("taint left on, trying on: node={} problem={}", taint.node(), problem);
      }
      return false;
    }
  }
}
