package io.podidentity.k8s;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodController;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.PodPhase;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import io.podidentity.k8s.crd.AzureIdentityBindingResource;
import io.podidentity.k8s.crd.AzureIdentityBindingSpec;
import io.podidentity.k8s.crd.AzureIdentityResource;
import io.podidentity.k8s.crd.AzureIdentitySpec;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionResource;
import io.podidentity.k8s.crd.AzurePodIdentityExceptionSpec;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What users, kubelets and other implementations write, as somebody who may do everything. */
final class ClusterObjects {
  private final KubernetesClient admin;

  ClusterObjects(KubernetesClient admin) {
    this.admin = admin;
  }

  Pod put(Pod pod) {
    Resource<io.fabric8.kubernetes.api.model.Pod> resource =
        admin.pods().inNamespace(pod.name().namespace()).withName(pod.name().name());
    if (resource.get() == null) {
      admin
          .resource(
              new PodBuilder()
                  .withMetadata(meta(pod.name(), pod.labels()))
                  .editMetadata()
                  .withOwnerReferences(owners(pod))
                  .endMetadata()
                  .withNewSpec()
                  .withNodeName(pod.nodeName())
                  .withServiceAccountName(
                      pod.serviceAccount().isEmpty() ? null : pod.serviceAccount())
                  .withHostNetwork(pod.hostNetwork())
                  .addNewContainer()
                  .withName("main")
                  .withImage("main")
                  .endContainer()
                  .endSpec()
                  .build())
          .create();
    }
    List<String> ips = pod.addresses().stream().map(InetAddress::getHostAddress).toList();
    String phase = pod.phase().name();
    return PodMapping.whole(
        Json.read(
            Json.write(
                resource.editStatus(
                    current ->
                        new PodBuilder(current)
                            .editOrNewStatus()
                            .withPhase(
                                phase.charAt(0) + phase.substring(1).toLowerCase(Locale.ROOT))
                            .withPodIP(ips.isEmpty() ? null : ips.get(0))
                            .withPodIPs(ips.stream().map(PodIP::new).toList())
                            .endStatus()
                            .build())),
            PodResource.class));
  }

  private static List<OwnerReference> owners(Pod pod) {
    PodController controller = pod.controller();
    return controller == null
        ? List.of()
        : List.of(
            new OwnerReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind(controller.kind())
                .withName(controller.name())
                .withUid(controller.uid())
                .withController(true)
                .build());
  }

  void deletePod(NamespacedName name) {
    admin.pods().inNamespace(name.namespace()).withName(name.name()).withGracePeriod(0).delete();
  }

  void put(Node node) {
    ComputeTarget target = node.target();
    String id = target == null ? null : "azure://" + target.id();
    admin
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(node.name())
                .endMetadata()
                .withNewSpec()
                .withProviderID(
                    target instanceof ComputeTarget.ScaleSet ? id + "/virtualMachines/0" : id)
                .endSpec()
                .build())
        .create();
  }

  void deleteNode(String name) {
    admin.nodes().withName(name).delete();
  }

  AzureIdentityResource put(AzureIdentity identity) {
    AzureIdentityResource resource = resource(identity);
    resource.getMetadata().setUid(null);
    return admin.resource(resource).createOr(NonDeletingOperation::update);
  }

  void deleteIdentity(NamespacedName name) {
    admin
        .resources(AzureIdentityResource.class)
        .inNamespace(name.namespace())
        .withName(name.name())
        .delete();
  }

  AzureIdentityBindingResource put(IdentityBinding binding) {
    return admin.resource(resource(binding)).createOr(NonDeletingOperation::update);
  }

  void deleteBinding(NamespacedName name) {
    admin
        .resources(AzureIdentityBindingResource.class)
        .inNamespace(name.namespace())
        .withName(name.name())
        .delete();
  }

  void put(PodExemption exemption) {
    AzurePodIdentityExceptionResource resource = new AzurePodIdentityExceptionResource();
    resource.setMetadata(meta(exemption.name(), Map.of()));
    resource.setSpec(new AzurePodIdentityExceptionSpec(null, exemption.podLabels()));
    admin.resource(resource).createOr(NonDeletingOperation::update);
  }

  void deleteExemption(NamespacedName name) {
    admin
        .resources(AzurePodIdentityExceptionResource.class)
        .inNamespace(name.namespace())
        .withName(name.name())
        .delete();
  }

  /** As another implementation of MIC would. */
  void put(AssignedIdentity record) {
    Pod pod =
        new Pod(
            record.pod(),
            record.podUid() == null ? "unknown" : record.podUid(),
            record.nodeName(),
            Map.of(),
            Set.of(),
            PodPhase.RUNNING,
            false,
            false);
    DesiredAssignment desired =
        new DesiredAssignment(
            record.name(), pod, record.nodeName(), record.binding(), record.identity());
    AzureAssignedIdentityResource resource =
        RecordDraft.of(
            desired,
            record.state(),
            record.provenance(),
            resource(record.identity()),
            resource(record.binding()));
    admin.resource(resource).createOr(NonDeletingOperation::update);
  }

  Optional<AssignedIdentity> record(NamespacedName name) {
    return Optional.ofNullable(resourceOf(name).get()).map(RecordMapping::record);
  }

  /** Whatever its finalizers. */
  void deleteRecord(NamespacedName name) {
    resourceOf(name)
        .edit(
            record -> {
              record.getMetadata().setFinalizers(List.of());
              return record;
            });
    resourceOf(name).delete();
  }

  Resource<AzureAssignedIdentityResource> resourceOf(NamespacedName record) {
    return admin
        .resources(AzureAssignedIdentityResource.class)
        .inNamespace(record.namespace())
        .withName(record.name());
  }

  static AzureIdentityResource resource(AzureIdentity identity) {
    AzureIdentityResource resource = new AzureIdentityResource();
    resource.setMetadata(meta(identity.name(), Map.of()));
    resource.getMetadata().setUid(identity.uid());
    Credential.ManagedIdentity managed = (Credential.ManagedIdentity) identity.credential();
    resource.setSpec(
        new AzureIdentitySpec(
            null,
            0,
            managed.resourceId().value(),
            managed.clientId().value(),
            null,
            null,
            null,
            null,
            null,
            null));
    return resource;
  }

  static AzureIdentityBindingResource resource(IdentityBinding binding) {
    AzureIdentityBindingResource resource = new AzureIdentityBindingResource();
    resource.setMetadata(meta(binding.name(), Map.of()));
    resource.setSpec(
        new AzureIdentityBindingSpec(null, binding.azureIdentity(), binding.selector(), null));
    return resource;
  }

  private static ObjectMeta meta(NamespacedName name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withNamespace(name.namespace())
        .withName(name.name())
        .withLabels(labels)
        .build();
  }
}
