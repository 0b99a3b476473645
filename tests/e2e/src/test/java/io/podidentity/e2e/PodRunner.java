package io.podidentity.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.process.CommandResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Plays the scheduler and the kubelet of a cluster of one node, for the pods of one namespace that
 * controllers make: it places them, runs their containers as {@link PodProcess} does, asks their
 * readiness probes, reports how they are, and lets them go when they are deleted. It looks at them
 * twice a second.
 */
final class PodRunner implements AutoCloseable {

  private static final long INTERVAL_MILLIS = 500;

  private final String namespace;
  private final TestNode node;
  private final PodStatus status;
  private final KubeApiServer api;
  private final Consumer<Pod> onStart;
  private final Map<String, PodProcess> running = new ConcurrentHashMap<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Path> logs = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

  /**
   * Begins.
   *
   * @param onStart is told of each pod before its containers are started
   */
  PodRunner(KubeApiServer api, String namespace, TestNode node, Consumer<Pod> onStart) {
    this.api = api;
    this.namespace = namespace;
    this.node = node;
    this.status = new PodStatus(api);
    this.onStart = onStart;
    var unused = loop.scheduleWithFixedDelay(this::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What went wrong here; empty if nothing did. */
  List<Throwable> failures() {
    return failures;
  }

  /** The logs of all containers that were started. */
  List<Path> logs() {
    return logs;
  }

  /**
   * Runs another program in the container of the one pod of a workload.
   *
   * @param workload with whose name the pod's begins
   */
  CommandResult exec(String workload, String program, String... arguments) {
    List<PodProcess> pods =
        running.values().stream().filter(pod -> pod.name().startsWith(workload + "-")).toList();
    if (pods.size() != 1) {
      throw new HarnessException("%d pods of %s run".formatted(pods.size(), workload));
    }
    return pods.get(0).exec(program, List.of(arguments));
  }

  private void look() {
    try {
      List<Pod> pods = status.pods(namespace);
      for (Pod pod : pods) {
        step(pod);
      }
      List<String> known = pods.stream().map(pod -> pod.getMetadata().getUid()).toList();
      for (String uid : List.copyOf(running.keySet())) {
        if (!known.contains(uid)) {
          end(uid);
        }
      }
    } catch (Exception e) {
      if (failures.isEmpty()) {
        e.printStackTrace();
      }
      failures.add(e);
    }
  }

  private void step(Pod pod) {
    String uid = pod.getMetadata().getUid();
    PodProcess process = running.get(uid);
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      end(uid);
      if (pod.getSpec().getNodeName() != null) {
        status.gone(pod);
      }
    } else if (pod.getSpec().getNodeName() == null) {
      status.place(pod, node.name());
    } else if (process == null && PodStatus.isOver(pod)) {
      // A Job's, which stays until it is deleted.
      return;
    } else if (process == null) {
      onStart.accept(pod);
      PodProcess started = PodProcess.start(pod, node, api);
      started.log().ifPresent(logs::add);
      running.put(uid, started);
      status.running(pod, started.address(), false);
    } else if (process.exitCode().isPresent()) {
      ended(pod, process, process.exitCode().getAsInt());
    } else {
      boolean ready = process.isReady();
      if (ready != PodStatus.isReady(pod)) {
        status.running(pod, process.address(), ready);
      }
    }
  }

  private void ended(Pod pod, PodProcess process, int exitCode) {
    if (pod.getSpec().getRestartPolicy().equals("Never")) {
      end(pod.getMetadata().getUid());
      status.over(pod, exitCode);
    } else {
      status.running(pod, process.address(), false);
      process.restart();
      process.log().ifPresent(logs::add);
    }
  }

  private void end(String uid) {
    PodProcess process = running.remove(uid);
    if (process != null) {
      process.close();
    }
  }

  @Override
  public void close() {
    loop.shutdown();
    try {
      if (!loop.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new HarnessException("the player of the kubelet does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    new ArrayList<>(running.keySet()).forEach(this::end);
  }
}
