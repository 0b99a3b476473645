package io.podidentity.bin.metrics;

import java.time.Duration;

/**
 * The metrics of AAD Pod Identity v1, under its names, with its types, labels, buckets and texts;
 * dashboards depend on them. As there, one appears with its first event. Thread-safe, without a
 * lock.
 *
 * @see <a
 *     href="https://github.com/Azure/aad-pod-identity/blob/v1.8.17/pkg/metrics/metrics.go">pkg/metrics</a>
 */
public final class V1Metrics {
  private static final String PREFIX = "aadpodidentity_";
  private static final String OPERATION = "operation_type";

  private static final Buckets SHORT =
      Buckets.ofSeconds(
          0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5, 10);
  private static final Buckets REQUEST =
      Buckets.ofSeconds(0.5, 1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100);
  private static final Buckets LONG =
      Buckets.ofSeconds(0.5, 1, 5, 10, 30, 60, 120, 300, 600, 900, 1200);

  /** What is done with a token service. */
  public enum TokenOperation {
    /** A token of the machine's system-assigned identity. */
    MSI("adal_token_msi"),
    /** A token of a user-assigned identity. */
    MSI_USER_ASSIGNED("adal_token_msi_userassignedid"),
    /** A token of a service principal. */
    SERVICE_PRINCIPAL("adal_token");

    private final String label;

    TokenOperation(String label) {
      this.label = label;
    }
  }

  /** What is done with the Kubernetes API; its failures are counted. */
  public enum KubernetesOperation {
    /** A record is created. */
    RECORD_ADDITION("assigned_identity_addition"),
    /** A record is deleted. */
    RECORD_DELETION("assigned_identity_deletion"),
    /** A record is replaced. */
    RECORD_UPDATE("assigned_identity_update"),
    /** A record gets another state. */
    RECORD_STATE("update_azure_assigned_identity_status"),
    /** A pod is looked for by its address. */
    POD_LOOK_UP("get_pod_list"),
    /** A Secret is read. */
    SECRET("get_secret");

    private final String label;

    KubernetesOperation(String label) {
      this.label = label;
    }
  }

  /** What is done with Azure Resource Manager. */
  public enum CloudOperation {
    /** The identities of a virtual machine are read. */
    VM_GET("vm_get"),
    /** The identities of a virtual machine are changed. */
    VM_UPDATE("vm_update"),
    /** The identities of a scale set are read. */
    VMSS_GET("vmss_get"),
    /** The identities of a scale set are changed. */
    VMSS_UPDATE("vmss_update");

    private final String label;

    CloudOperation(String label) {
      this.label = label;
    }
  }

  private final Family<Counter> recordsAdded;
  private final Family<Histogram> recordAddition;
  private final Family<Counter> recordsDeleted;
  private final Family<Histogram> recordDeletion;
  private final Family<Counter> recordsUpdated;
  private final Family<Histogram> recordUpdate;
  private final Family<Histogram> requests;
  private final Family<Counter> cycles;
  private final Family<Histogram> cycle;
  private final Family<Counter> elections;
  private final Family<Counter> cloudErrors;
  private final Family<Histogram> cloudCalls;
  private final Family<Counter> kubernetesErrors;
  private final Family<Counter> tokenErrors;
  private final Family<Histogram> tokens;

  /** Adds them to a registry, all of them, whichever program it is, as v1 does. */
  public V1Metrics(MetricRegistry registry) {
    recordsAdded =
        registry.counters(
            PREFIX + "assigned_identity_addition_count",
            "Total number of assigned identity addition operations");
    recordAddition =
        registry.histograms(
            PREFIX + "assigned_identity_addition_duration_seconds",
            "Duration in seconds of assigned identity addition operations",
            SHORT);
    recordsDeleted =
        registry.counters(
            PREFIX + "assigned_identity_deletion_count",
            "Total number of assigned identity deletion operations");
    recordDeletion =
        registry.histograms(
            PREFIX + "assigned_identity_deletion_duration_seconds",
            "Duration in seconds of assigned identity deletion operations",
            SHORT);
    recordsUpdated =
        registry.counters(
            PREFIX + "assigned_identity_update_count",
            "Total number of assigned identity update operations");
    recordUpdate =
        registry.histograms(
            PREFIX + "assigned_identity_update_duration_seconds",
            "Duration in seconds of assigned identity update operations",
            SHORT);
    requests =
        registry
            .histograms(
                PREFIX + "nmi_operations_duration_seconds",
                "Duration in seconds for nmi operations",
                REQUEST,
                "namespace",
                OPERATION,
                "resource",
                "status_code")
            // Or else failures would be lost in a crowd of namespaces.
            .keeping(OPERATION, "status_code");
    cycles =
        registry.counters(PREFIX + "mic_cycle_count", "Total number of cycles executed in mic");
    cycle =
        registry.histograms(
            PREFIX + "mic_cycle_duration_seconds",
            "Duration in seconds for single mic sync cycle",
            LONG);
    elections =
        registry.counters(
            PREFIX + "mic_new_leader_election_count", "Total number of new leader election in mic");
    cloudErrors =
        registry.counters(
            PREFIX + "cloud_provider_operations_errors_count",
            "Total number of errors in cloud provider operations",
            OPERATION);
    cloudCalls =
        registry.histograms(
            PREFIX + "cloud_provider_operations_duration_seconds",
            "Duration in seconds of cloudprovider operations",
            LONG,
            OPERATION);
    kubernetesErrors =
        registry.counters(
            PREFIX + "kubernetes_api_operations_errors_count",
            "Total number of errors in kubernetes api operations",
            OPERATION);
    tokenErrors =
        registry.counters(
            PREFIX + "imds_operations_errors_count",
            "Total number of errors in imds token operations",
            OPERATION);
    tokens =
        registry.histograms(
            PREFIX + "imds_operations_duration_seconds",
            "Duration in seconds of imds token operations",
            SHORT,
            OPERATION);
  }

  /**
   * A token request was answered.
   *
   * @param namespace the pod's; empty if the pod is not known
   * @param path one of few: a client must not be able to make up more
   * @param resource one of few, too
   */
  public void request(
      String namespace, String path, String resource, String status, Duration took) {
    requests.with(namespace, path, resource, status).observe(took);
  }

  /** A token service gave a token. */
  public void token(TokenOperation operation, Duration took) {
    tokens.with(operation.label).observe(took);
  }

  /** A token service gave none. */
  public void tokenFailed(TokenOperation operation) {
    tokenErrors.with(operation.label).increment();
  }

  /** A record was created. */
  public void recordAdded(Duration took) {
    recordsAdded.with().increment();
    recordAddition.with().observe(took);
  }

  /** A record was deleted. */
  public void recordDeleted(Duration took) {
    recordsDeleted.with().increment();
    recordDeletion.with().observe(took);
  }

  /** A record was replaced. */
  public void recordUpdated(Duration took) {
    recordsUpdated.with().increment();
    recordUpdate.with().observe(took);
  }

  /** The Kubernetes API did not do it. */
  public void kubernetesFailed(KubernetesOperation operation) {
    kubernetesErrors.with(operation.label).increment();
  }

  /** Azure Resource Manager did it. */
  public void cloudCall(CloudOperation operation, Duration took) {
    cloudCalls.with(operation.label).observe(took);
  }

  /** Azure Resource Manager did not do it. */
  public void cloudFailed(CloudOperation operation) {
    cloudErrors.with(operation.label).increment();
  }

  /** MIC carried out changes. */
  public void cycle(Duration took) {
    cycles.with().increment();
    cycle.with().observe(took);
  }

  /** MIC stands for election. */
  public void election() {
    elections.with().increment();
  }
}
