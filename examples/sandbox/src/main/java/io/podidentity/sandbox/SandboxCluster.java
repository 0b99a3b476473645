package io.podidentity.sandbox;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.podidentity.k8s.KubernetesClients;
import io.podidentity.k8s.LeaderElection;
import io.podidentity.k8s.crd.Api;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import io.podidentity.sandbox.Cast.NodeRole;
import io.podidentity.sandbox.Cast.PodRole;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API in which the sandbox plays administrator, scheduler and kubelet. What it
 * creates, it deletes when it is closed.
 */
final class SandboxCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
            .waitUntilCondition(SandboxCluster::isServed, PATIENCE.toSeconds(), TimeUnit.SECONDS);
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
    Resource<ServiceAccount> account = client.resource(StoryObjects.serviceAccount());
    if (account.get() == null) {
      create(account);
    }
  }

  void createNode(NodeRole role) {
    create(client.resource(StoryObjects.node(role)));
  }

  /** An identity, and a binding that selects pods by the identity's name. */
  void createIdentityAndBinding(UserAssignedIdentity identity) {
    create(client.resource(StoryObjects.identity(identity)));
    create(client.resource(StoryObjects.binding(identity)));
  }

  /** A pod that is scheduled, and runs. */
  void createPod(PodRole role) {
    create(client.resource(StoryObjects.pod(role)));
    pod(role)
        .editStatus(each -> new PodBuilder(each).withStatus(StoryObjects.running(role)).build());
  }

  void deletePod(PodRole role) {
    pod(role).withGracePeriod(0).delete();
  }

  private PodResource pod(PodRole role) {
    return client.pods().inNamespace(StoryObjects.NAMESPACE).withName(role.name());
  }

  /** Its records. */
  RecordWatch records() {
    return new RecordWatch(client, StoryObjects.NAMESPACE, PATIENCE);
  }

  private void create(Resource<? extends HasMetadata> resource) {
    resource.create();
    undo.push(() -> resource.withGracePeriod(0).delete());
  }

  /**
   * What MIC wrote: records, its locks, and its events. MIC is gone by now, and would not do it
   * when the process is told to end: then the libraries below it end at the same time.
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
        .inNamespace(LeaderElection.DEFAULT_NAMESPACE)
        .withName(LeaderElection.DEFAULT_NAME)
        .delete();
    client
        .endpoints()
        .inNamespace(LeaderElection.DEFAULT_NAMESPACE)
        .withName(LeaderElection.DEFAULT_NAME)
        .delete();
    client.v1().events().inNamespace(StoryObjects.NAMESPACE).list().getItems().stream()
        .filter(event -> Api.GROUP.equals(event.getSource().getComponent()))
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
