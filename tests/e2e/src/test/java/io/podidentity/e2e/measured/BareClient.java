package io.podidentity.e2e.measured;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the machine costs, without MIC: it makes the writes that MIC made, of the same bytes, as
 * many at a time and a second as MIC by its defaults, and decides nothing. It follows no watch,
 * gathers nothing and writes no events. Its JVM is warm, and has both compilers.
 */
final class BareClient implements AutoCloseable {
  /** MIC's {@code --clientQps}, which is its burst too. */
  private static final int A_SECOND = 200;

  /** MIC's {@code --createDeleteBatch}. */
  private static final int AT_A_TIME = 20;

  private final Administrator administrator;
  private final KubernetesClient client;
  private final ExecutorService writers = Executors.newFixedThreadPool(AT_A_TIME);
  private final AtomicInteger writes = new AtomicInteger();
  private long begun;

  BareClient(Administrator administrator) {
    this.administrator = administrator;
    this.client = administrator.client();
  }

  /**
   * Creates pods, for each a record as soon as it is there, lets the time of a PATCH pass, and sets
   * all records {@code Assigned}.
   *
   * @param records MIC's, of which these are copies
   */
  Duration assign(List<Pod> pods, List<GenericKubernetesResource> records, Duration patch) {
    begin();
    List<GenericKubernetesResource> copies = new ArrayList<>();
    for (int i = 0; i < pods.size(); i++) {
      copies.add(copy(records.get(i), pods.get(i).getMetadata().getName()));
    }
    List<CompletableFuture<Void>> created = new ArrayList<>();
    for (int i = 0; i < pods.size(); i++) {
      Pod pod = pods.get(i);
      GenericKubernetesResource copy = copies.get(i);
      created.add(
          CompletableFuture.runAsync(() -> administrator.create(pod), administrator.threads())
              .thenRunAsync(() -> write(() -> client.resource(copy).create()), writers));
    }
    created.forEach(CompletableFuture::join);
    pass(patch);
    each(
        copies,
        copy ->
            named(copy)
                .patch(
                    PatchContext.of(PatchType.JSON),
                    "[{\"op\":\"replace\",\"path\":\"/status/status\",\"value\":\"Assigned\"}]"));
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Deletes the pods, lets the time of a PATCH pass, and deletes the records. */
  Duration remove(List<Pod> pods, Duration patch) {
    List<GenericKubernetesResource> copies =
        client
            .genericKubernetesResources(ClusterObjects.RECORDS)
            .inNamespace(ClusterObjects.NAMESPACE)
            .list()
            .getItems();
    begin();
    administrator.delete(pods);
    pass(patch);
    each(copies, copy -> named(copy).delete());
    each(
        copies,
        copy ->
            named(copy)
                .patch(
                    PatchContext.of(PatchType.JSON),
                    "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]"));
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private void begin() {
    writes.set(0);
    begun = System.nanoTime();
  }

  private Resource<GenericKubernetesResource> named(GenericKubernetesResource record) {
    return client
        .genericKubernetesResources(ClusterObjects.RECORDS)
        .inNamespace(record.getMetadata().getNamespace())
        .withName(record.getMetadata().getName());
  }

  private void each(
      List<GenericKubernetesResource> records,
      java.util.function.Consumer<GenericKubernetesResource> action) {
    records.stream()
        .map(
            record -> CompletableFuture.runAsync(() -> write(() -> action.accept(record)), writers))
        .toList()
        .forEach(CompletableFuture::join);
  }

  private void write(Runnable call) {
    long turn = Math.max(0, writes.incrementAndGet() - A_SECOND) * (1_000_000_000L / A_SECOND);
    pass(Duration.ofNanos(begun + turn - System.nanoTime()));
    call.run();
  }

  private static void pass(Duration time) {
    try {
      // Nothing counts it down.
      new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static GenericKubernetesResource copy(GenericKubernetesResource record, String pod) {
    Map<String, Object> spec = new HashMap<>(record.<Map<String, Object>>get("spec"));
    spec.put("pod", pod);
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(record.getApiVersion())
        .withKind(record.getKind())
        .withNewMetadata()
        .withName("bare-" + pod)
        .withNamespace(record.getMetadata().getNamespace())
        .withLabels(record.getMetadata().getLabels())
        .withAnnotations(record.getMetadata().getAnnotations())
        .withFinalizers(record.getMetadata().getFinalizers())
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .addToAdditionalProperties("status", Map.of("availableReplicas", 1, "status", "Created"))
        .build();
  }

  @Override
  public void close() {
    writers.shutdownNow();
  }
}
