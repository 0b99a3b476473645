package io.podidentity.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits for what MIC does with its records, {@code AzureAssignedIdentity} objects.
 *
 * @param patience how long it waits for each
 */
record RecordWatch(KubernetesClient client, String namespace, Duration patience) {
  /** Waits until the record of that name says so. */
  void awaitAssigned(String record) {
    await(record, "Assigned", RecordWatch::isAssigned);
  }

  /** Waits until the record of that name is gone. */
  void awaitGone(String record) {
    await(record, "deleted", Objects::isNull);
  }

  private void await(
      String record, String what, Predicate<@Nullable AzureAssignedIdentityResource> condition) {
    CompletableFuture<?> met =
        client
            .resources(AzureAssignedIdentityResource.class)
            .inNamespace(namespace)
            .informOnCondition(all -> condition.test(find(all, record)));
    try {
      met.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new SandboxException(
          "AzureAssignedIdentity %s was not %s within %d s; see MIC's log above"
              .formatted(record, what, patience.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    } finally {
      met.cancel(true);
    }
  }

  private static @Nullable AzureAssignedIdentityResource find(
      List<AzureAssignedIdentityResource> all, String record) {
    return all.stream()
        .filter(each -> each.getMetadata().getName().equals(record))
        .findFirst()
        .orElse(null);
  }

  private static boolean isAssigned(@Nullable AzureAssignedIdentityResource record) {
    return record != null
        && record.getStatus() != null
        && "Assigned".equals(record.getStatus().status());
  }
}
