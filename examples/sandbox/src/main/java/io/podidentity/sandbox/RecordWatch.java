package io.podidentity.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import java.time.Duration;
import java.util.List;
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
  /**
   * Waits until all records of those names say so. With one watch: the mock server sends nothing to
   * anyone for half a minute if a watch is closed for which it has something.
   */
  void awaitAssigned(List<String> records) {
    await(
        String.join(", ", records),
        "Assigned",
        all -> records.stream().allMatch(record -> isAssigned(find(all, record))));
  }

  /** Waits until the record of that name is gone. */
  void awaitGone(String record) {
    await(record, "deleted", all -> find(all, record) == null);
  }

  private void await(
      String records, String what, Predicate<List<AzureAssignedIdentityResource>> condition) {
    CompletableFuture<?> met =
        client
            .resources(AzureAssignedIdentityResource.class)
            .inNamespace(namespace)
            .informOnCondition(condition);
    try {
      met.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new SandboxException(
          "AzureAssignedIdentity %s was not %s within %d s; see MIC's log above"
              .formatted(records, what, patience.toSeconds()),
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
