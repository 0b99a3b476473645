package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Pem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes an {@link AzureState} into a simulated Azure, and back out. */
final class AzureStates {
  private AzureStates() {}

  static void load(AzureState state, FakeAzure azure, FakeEntra entra) {
    state.identities().forEach(identity -> azure.putIdentity(identity(identity)));
    state.computes().forEach(compute -> azure.putCompute(compute(compute, azure)));
    state.nodes().forEach(node -> azure.putNode(node.name(), node.compute(), node.addresses()));
    state
        .applications()
        .forEach(application -> entra.register(application(application, azure.tenantId())));
  }

  static AzureState save(FakeAzure azure, FakeEntra entra) {
    return new AzureState(
        azure.identities().stream().map(AzureStates::identity).toList(),
        azure.computes().stream().map(AzureStates::compute).toList(),
        azure.nodes().stream()
            .map(
                node ->
                    new AzureState.Node(
                        node.name(),
                        node.compute().text(),
                        node.addresses().stream().sorted().toList()))
            .toList(),
        // A secret that went in does not come out.
        entra.applications().stream()
            .map(one -> new AzureState.Application(one.clientId(), one.tenantId(), null, null))
            .toList(),
        null);
  }

  static UserAssignedIdentity identity(AzureState.Identity identity) {
    return new UserAssignedIdentity(
        ArmId.parse(identity.resourceId()),
        or(identity.clientId(), UUID.randomUUID().toString()),
        or(identity.principalId(), UUID.randomUUID().toString()),
        or(identity.location(), "westeurope"));
  }

  static AzureState.Identity identity(UserAssignedIdentity identity) {
    return new AzureState.Identity(
        identity.id().text(), identity.clientId(), identity.principalId(), identity.location());
  }

  static Compute compute(AzureState.ComputeResource compute, FakeAzure azure) {
    IdentityBlock block = IdentityBlock.NONE.withSystem(system(compute.systemAssigned()));
    for (String id : compute.userAssigned()) {
      UserAssignedIdentity identity =
          azure
              .identity(id)
              .orElseThrow(() -> new IllegalArgumentException("no user-assigned identity " + id));
      block = block.with(identity);
    }
    Compute created = Compute.create(compute.resourceId());
    return new Compute(
        created.id(),
        or(compute.location(), created.location()),
        or(compute.provisioningState(), created.provisioningState()),
        block,
        created.vmId(),
        created.version());
  }

  static AzureState.ComputeResource compute(Compute compute) {
    SystemAssignedIdentity system = compute.identity().system();
    List<String> user =
        compute.identity().user().stream().map(identity -> identity.id().text()).toList();
    return new AzureState.ComputeResource(
        compute.id().text(),
        compute.location(),
        compute.provisioningState(),
        system == null
            ? null
            : new AzureState.SystemIdentity(system.principalId(), system.clientId()),
        user);
  }

  static EntraApplication application(AzureState.Application application, String ownTenant) {
    String secret = application.secret();
    String pem = application.certificatePem();
    return new EntraApplication(
        or(application.tenantId(), ownTenant),
        application.clientId(),
        UUID.randomUUID().toString(),
        secret == null ? List.of() : List.of(secret),
        pem == null ? List.of() : List.of(Pem.parse(pem)),
        List.of());
  }

  private static @Nullable SystemAssignedIdentity system(
      AzureState.@Nullable SystemIdentity system) {
    if (system == null) {
      return null;
    }
    SystemAssignedIdentity created = SystemAssignedIdentity.create();
    return new SystemAssignedIdentity(
        or(system.principalId(), created.principalId()), or(system.clientId(), created.clientId()));
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
