package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is in a simulated Azure, as JSON: the state file of {@link SimulatedAzureMain}, and {@code
 * GET /state} of its control endpoint. Every list may be left out. Immutable.
 *
 * @param identities the user-assigned identities
 * @param computes the virtual machines and scale sets
 * @param nodes which machine is which
 * @param applications the service principals
 * @param cluster what {@code azure.json} says; null takes the first of {@code computes}
 */
public record AzureState(
    List<Identity> identities,
    List<ComputeResource> computes,
    List<Node> nodes,
    List<Application> applications,
    @Nullable Cluster cluster) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Nothing. */
  public static final AzureState EMPTY =
      new AzureState(List.of(), List.of(), List.of(), List.of(), null);

  /** Copies the lists; one that JSON left out is empty. */
  public AzureState {
    identities = copy(identities);
    computes = copy(computes);
    nodes = copy(nodes);
    applications = copy(applications);
  }

  /**
   * Reads it from JSON.
   *
   * @throws IllegalArgumentException if it is malformed or has a member that is not known, naming
   *     it
   */
  public static AzureState parse(String json) {
    return parse(json, AzureState.class);
  }

  static <T> T parse(String json, Class<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static <T> List<T> copy(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /**
   * A user-assigned identity.
   *
   * @param resourceId its resource ID
   * @param clientId null makes one up
   * @param principalId null makes one up
   * @param location null for {@code westeurope}
   */
  public record Identity(
      String resourceId,
      @Nullable String clientId,
      @Nullable String principalId,
      @Nullable String location) {
    /** Refuses one without a resource ID. */
    public Identity {
      requireNonNull(resourceId, "identity without resourceId");
    }
  }

  /**
   * A virtual machine or scale set.
   *
   * @param resourceId its resource ID, which says which of the two
   * @param location null for {@code westeurope}
   * @param provisioningState null for {@code Succeeded}
   * @param systemAssigned its system-assigned identity, {@code {}} to make one up; null for none
   * @param userAssigned the resource IDs of its user-assigned identities
   */
  public record ComputeResource(
      String resourceId,
      @Nullable String location,
      @Nullable String provisioningState,
      @Nullable SystemIdentity systemAssigned,
      List<String> userAssigned) {
    /** Copies the list. */
    public ComputeResource {
      requireNonNull(resourceId, "compute without resourceId");
      userAssigned = copy(userAssigned);
    }
  }

  /**
   * A system-assigned identity.
   *
   * @param principalId null makes one up
   * @param clientId null makes one up
   */
  public record SystemIdentity(@Nullable String principalId, @Nullable String clientId) {}

  /**
   * A node.
   *
   * @param name the host's name
   * @param compute the resource ID of its virtual machine or scale set
   * @param addresses where its requests to the metadata service come from
   */
  public record Node(String name, String compute, List<String> addresses) {
    /** Copies the list. */
    public Node {
      requireNonNull(name, "node without name");
      requireNonNull(compute, "node without compute");
      addresses = copy(addresses);
    }
  }

  /**
   * A service principal.
   *
   * @param clientId its application ID
   * @param tenantId null for the simulated Azure's own tenant
   * @param secret a valid client secret, or null
   * @param certificatePem a certificate for assertions, or null
   */
  public record Application(
      String clientId,
      @Nullable String tenantId,
      @Nullable String secret,
      @Nullable String certificatePem) {
    /** Refuses one without a client ID. */
    public Application {
      requireNonNull(clientId, "application without clientId");
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Application[" + clientId + "]";
    }
  }

  /**
   * The cluster that {@code azure.json} describes.
   *
   * @param subscriptionId its subscription
   * @param resourceGroup the group of its nodes
   * @param vmType {@code vmss} or {@code standard}
   * @param identityClientId the client ID of its user-assigned identity; null for system-assigned
   */
  public record Cluster(
      String subscriptionId,
      String resourceGroup,
      String vmType,
      @Nullable String identityClientId) {
    /** Refuses one that lacks anything but the identity. */
    public Cluster {
      requireNonNull(subscriptionId, "cluster without subscriptionId");
      requireNonNull(resourceGroup, "cluster without resourceGroup");
      requireNonNull(vmType, "cluster without vmType");
    }
  }
}
