package io.podidentity.sandbox;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.podidentity.k8s.KubernetesClients;
import io.podidentity.k8s.LeaseElection;
import io.podidentity.k8s.crd.Api;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityBindingSpec;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzureIdentitySpec;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import io.podidentity.sandbox.Cast.NodeRole;
import io.podidentity.sandbox.Cast.PodRole;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of the story in a Kubernetes API, in which the sandbox plays administrator, scheduler
 * and kubelet. What it creates, it deletes when it is closed.
 */
final class SandboxCluster implements AutoCloseable {
  private static final String NAMESPACE = "default";
  private static final long PATIENCE_SECONDS = 30;

  private final KubernetesClient client;
  private final Deque<Runnable> undo = new ArrayDeque<>();

  private SandboxCluster(KubernetesClient client) {
    this.client = client;
  }

  /** The cluster behind a kubeconfig. */
  static SandboxCluster open(Path kubeconfig) {
    return new SandboxCluster(KubernetesClients.create(kubeconfig, "aad-pod-identity-sandbox"));
  }

  /**
   * Makes sure that this is nobody's cluster.
   *
   * @throws SandboxException if it has nodes or objects of ours, or cannot be reached
   */
  void requireEmpty() {
    try {
      if (!client.nodes().list().getItems().isEmpty()) {
        throw new SandboxException(
            "this cluster has nodes; --kubeconfig is for an empty API server without a cluster");
      }
      boolean ours =
          client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
              .anyMatch(each -> each.getSpec().getGroup().equals("aadpodidentity.k8s.io"));
      if (ours && hasOurObjects()) {
        throw new SandboxException(
            "this cluster has AzureIdentity objects or the like; --kubeconfig is for an empty API"
                + " server");
      }
    } catch (KubernetesClientException e) {
      throw new SandboxException("cannot use the Kubernetes API: " + e.getMessage(), e);
    }
  }

  private boolean hasOurObjects() {
    return Stream.of(
            AzureAssignedIdentityResource.class,
            AzureIdentityResource.class,
            AzureIdentityBindingResource.class,
            AzurePodIdentityExceptionResource.class)
        .anyMatch(kind -> !client.resources(kind).inAnyNamespace().list().getItems().isEmpty());
  }

  /** Applies the custom resource definitions, and waits until the API serves them. */
  void applyDefinitions(List<String> resources) {
    for (String resource : resources) {
      try (InputStream yaml = SandboxCluster.class.getResourceAsStream("/" + resource)) {
        CustomResourceDefinition definition =
            client.apiextensions().v1().customResourceDefinitions().load(yaml).item();
        if (client.resource(definition).get() == null) {
          create(client.resource(definition));
        }
        client
            .resource(definition)
            .waitUntilCondition(SandboxCluster::isServed, PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (IOException e) {
        throw new SandboxException("cannot read " + resource + " of this build", e);
      }
    }
  }

  private static boolean isServed(@Nullable CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        // Null in an object that the server has only just taken.
        && definition.getStatus().getConditions() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Established")
                        && condition.getStatus().equals("True"));
  }

  /** A cluster's controllers would make it; pods need one. */
  void createServiceAccount() {
    Resource<ServiceAccount> account =
        client.resource(
            new ServiceAccountBuilder().withMetadata(named("default", Map.of())).build());
    if (account.get() == null) {
      create(account);
    }
  }

  void createNode(NodeRole role) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(role.name())
            .endMetadata()
            .withNewSpec()
            .withProviderID(role.providerId())
            .endSpec()
            .build();
    create(client.resource(node));
  }

  /** An identity, and a binding that selects pods by the identity's name. */
  void createIdentityAndBinding(UserAssignedIdentity identity) {
    String name = identity.id().name();
    AzureIdentityResource object = new AzureIdentityResource();
    object.setMetadata(named(name, Map.of()));
    object.setSpec(
        new AzureIdentitySpec(
            null,
            0,
            identity.id().toString(),
            identity.clientId(),
            null,
            null,
            null,
            null,
            null,
            null));
    create(client.resource(object));
    AzureIdentityBindingResource binding = new AzureIdentityBindingResource();
    binding.setMetadata(named(name, Map.of()));
    binding.setSpec(new AzureIdentityBindingSpec(null, name, name, null));
    create(client.resource(binding));
  }

  /** A pod that is scheduled, and runs. */
  void createPod(PodRole role) {
    Pod pod =
        new PodBuilder()
            .withMetadata(
                named(
                    role.name(),
                    Map.of(
                        "aadpodidbinding",
                        role.label(),
                        EmbeddedKubernetes.NODE_LABEL,
                        role.node().name())))
            .withNewSpec()
            .withNodeName(role.node().name())
            .withAutomountServiceAccountToken(false)
            .addNewContainer()
            .withName("main")
            .withImage("sandbox")
            .endContainer()
            .endSpec()
            .build();
    create(client.resource(pod));
    PodStatus running =
        new PodStatusBuilder()
            .withPhase("Running")
            .withPodIP(role.address())
            .addNewPodIP()
            .withIp(role.address())
            .endPodIP()
            .build();
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withName(role.name())
        .editStatus(each -> new PodBuilder(each).withStatus(running).build());
  }

  void deletePod(PodRole role) {
    client.pods().inNamespace(NAMESPACE).withName(role.name()).withGracePeriod(0).delete();
  }

  /** Waits until the record of that name says so. */
  void awaitAssigned(String record) {
    await(record, "Assigned", SandboxCluster::isAssigned);
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
            .inNamespace(NAMESPACE)
            .informOnCondition(all -> condition.test(find(all, record)));
    try {
      met.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new SandboxException(
          "AzureAssignedIdentity %s was not %s within %d s; see MIC's log above"
              .formatted(record, what, PATIENCE_SECONDS),
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

  private static ObjectMeta named(String name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withNamespace(NAMESPACE)
        .withName(name)
        .withLabels(labels)
        .build();
  }

  private void create(Resource<? extends HasMetadata> resource) {
    resource.create();
    undo.push(() -> resource.withGracePeriod(0).delete());
  }

  /**
   * What MIC wrote: records, its lease, and events about our objects. MIC is gone by now, and would
   * not do it when the process is told to end: then the libraries below it end at the same time.
   */
  private void deleteTraces() {
    for (AzureAssignedIdentityResource record :
        client.resources(AzureAssignedIdentityResource.class).inAnyNamespace().list().getItems()) {
      record.getMetadata().setFinalizers(List.of());
      client.resource(record).update();
      client.resource(record).delete();
    }
    client
        .leases()
        .inNamespace(LeaseElection.DEFAULT_NAMESPACE)
        .withName(LeaseElection.DEFAULT_NAME)
        .delete();
    client.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
        .filter(event -> Api.API_VERSION.equals(event.getInvolvedObject().getApiVersion()))
        .forEach(event -> client.resource(event).delete());
  }

  @Override
  public void close() {
    if (!undo.isEmpty()) {
      deleteTraces();
    }
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
    client.close();
  }
}
