package io.podidentity.testkit.azure;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The state of one simulated Azure, of one tenant: identities, virtual machines and scale sets, and
 * which node is which. Resource Manager changes it, the metadata service reads it, and a test looks
 * at it or changes it behind everybody's back. Subscriptions and resource groups exist by being
 * named. Names and IDs are compared ignoring case and kept as first written. Safe for use by
 * several threads.
 */
public final class FakeAzure {
  /** The tenant of {@link #FakeAzure(Clock)}. */
  public static final String DEFAULT_TENANT = "72f988bf-0000-4000-8000-2d7cd011db47";

  private final Object lock = new Object();
  private final Clock clock;
  private final String tenantId;
  private final FakeTokens tokens;
  private final Map<ArmId, UserAssignedIdentity> identities = new LinkedHashMap<>();
  private final Map<ArmId, Compute> computes = new LinkedHashMap<>();
  private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
  private final Set<ArmId> assignDenied = new HashSet<>();
  private final Set<String> unknownResources = new HashSet<>();
  private final ComputeOperations operations;

  /** An empty Azure of tenant {@link #DEFAULT_TENANT}. */
  public FakeAzure(Clock clock) {
    this(clock, DEFAULT_TENANT);
  }

  /** An empty Azure; every time in it, except real delays of answers, is {@code clock}'s. */
  public FakeAzure(Clock clock, String tenantId) {
    this.clock = requireNonNull(clock, "clock");
    this.tenantId = requireNonNull(tenantId, "tenantId");
    this.tokens = new FakeTokens(clock, tenantId);
    this.operations = new ComputeOperations(clock);
  }

  /** The clock it was made with. */
  public Clock clock() {
    return clock;
  }

  /** The tenant of all its identities. */
  public String tenantId() {
    return tenantId;
  }

  FakeTokens tokens() {
    return tokens;
  }

  /** Makes a user-assigned identity with client and principal IDs of its own. */
  public UserAssignedIdentity createIdentity(String resourceId) {
    UserAssignedIdentity identity = UserAssignedIdentity.create(resourceId);
    putIdentity(identity);
    return identity;
  }

  /** Adds a user-assigned identity, or replaces the one of the same resource ID. */
  public void putIdentity(UserAssignedIdentity identity) {
    synchronized (lock) {
      identities.remove(identity.id());
      identities.put(identity.id(), identity);
    }
  }

  /**
   * Deletes a user-assigned identity. Virtual machines and scale sets go on listing it, as in
   * Azure, but there are no tokens for it any more.
   *
   * @return whether it was there
   */
  public boolean removeIdentity(String resourceId) {
    synchronized (lock) {
      return identities.remove(ArmId.parse(resourceId)) != null;
    }
  }

  /** The user-assigned identity with this resource ID. */
  public Optional<UserAssignedIdentity> identity(String resourceId) {
    return identity(ArmId.parse(resourceId));
  }

  Optional<UserAssignedIdentity> identity(ArmId id) {
    synchronized (lock) {
      return Optional.ofNullable(identities.get(id));
    }
  }

  /** All user-assigned identities, in the order they were added. */
  public List<UserAssignedIdentity> identities() {
    synchronized (lock) {
      return List.copyOf(identities.values());
    }
  }

  /** Makes a virtual machine or scale set, as the ID says, that is up and has no identity. */
  public Compute createCompute(String resourceId) {
    Compute compute = Compute.create(resourceId);
    putCompute(compute);
    return compute;
  }

  /** Adds a virtual machine or scale set, or replaces the one of the same resource ID. */
  public void putCompute(Compute compute) {
    synchronized (lock) {
      computes.remove(compute.id());
      operations.forget(compute.id());
      computes.put(compute.id(), compute);
    }
  }

  /**
   * Deletes a virtual machine or scale set.
   *
   * @return whether it was there
   */
  public boolean removeCompute(String resourceId) {
    synchronized (lock) {
      operations.forget(ArmId.parse(resourceId));
      return computes.remove(ArmId.parse(resourceId)) != null;
    }
  }

  /** The virtual machine or scale set with this resource ID, as it is now. */
  public Optional<Compute> compute(String resourceId) {
    return compute(ArmId.parse(resourceId));
  }

  Optional<Compute> compute(ArmId id) {
    synchronized (lock) {
      operations.settle(computes);
      return Optional.ofNullable(computes.get(id));
    }
  }

  /** All virtual machines and scale sets as they are now, in the order they were added. */
  public List<Compute> computes() {
    synchronized (lock) {
      operations.settle(computes);
      return List.copyOf(computes.values());
    }
  }

  /**
   * Changes a virtual machine or scale set at once, without Resource Manager.
   *
   * @throws IllegalArgumentException if there is none with this ID
   */
  public Compute change(String resourceId, UnaryOperator<Compute> change) {
    ArmId id = ArmId.parse(resourceId);
    synchronized (lock) {
      operations.settle(computes);
      Compute compute = computes.get(id);
      if (compute == null) {
        throw new IllegalArgumentException("no virtual machine or scale set " + resourceId);
      }
      Compute changed = change.apply(compute);
      computes.put(compute.id(), changed);
      return changed;
    }
  }

  /** Attaches user-assigned identities at once, as somebody else than the program under test. */
  public Compute attach(String computeId, UserAssignedIdentity... added) {
    return change(
        computeId,
        compute -> {
          IdentityBlock block = compute.identity();
          for (UserAssignedIdentity identity : added) {
            block = block.with(identity);
          }
          return compute.withIdentity(block);
        });
  }

  /** Detaches user-assigned identities at once, as somebody else than the program under test. */
  public Compute detach(String computeId, String... identityIds) {
    return change(
        computeId,
        compute -> {
          IdentityBlock block = compute.identity();
          for (String id : identityIds) {
            block = block.without(ArmId.parse(id));
          }
          return compute.withIdentity(block);
        });
  }

  /** Adds a node, or replaces the one of the same name. */
  public void putNode(String name, String computeId, Collection<String> addresses) {
    SimulatedNode node = new SimulatedNode(name, ArmId.parse(computeId), Set.copyOf(addresses));
    synchronized (lock) {
      nodes.put(name.toLowerCase(Locale.ROOT), node);
    }
  }

  /** Adds a node, or replaces the one of the same name. */
  public void putNode(String name, String computeId, String... addresses) {
    putNode(name, computeId, List.of(addresses));
  }

  /** Forgets a node; returns whether it was there. */
  public boolean removeNode(String name) {
    synchronized (lock) {
      return nodes.remove(name.toLowerCase(Locale.ROOT)) != null;
    }
  }

  /** All nodes, in the order they were added. */
  public List<SimulatedNode> nodes() {
    synchronized (lock) {
      return List.copyOf(nodes.values());
    }
  }

  /** The node whose requests come from this address; the one added first if there are several. */
  public Optional<SimulatedNode> nodeAt(String address) {
    return nodes().stream().filter(node -> node.addresses().contains(address)).findFirst();
  }

  /**
   * Takes from every caller the right to assign this identity: Resource Manager answers {@code
   * LinkedAuthorizationFailed} to a PATCH that adds it.
   */
  public void denyAssign(String identityId) {
    synchronized (lock) {
      assignDenied.add(ArmId.parse(identityId));
    }
  }

  /** Undoes {@link #denyAssign}. */
  public void allowAssign(String identityId) {
    synchronized (lock) {
      assignDenied.remove(ArmId.parse(identityId));
    }
  }

  boolean isAssignDenied(ArmId id) {
    synchronized (lock) {
      return assignDenied.contains(id);
    }
  }

  /** Makes the metadata service and Entra ID refuse tokens for this resource. */
  public void rejectResource(String resource) {
    synchronized (lock) {
      unknownResources.add(resource);
    }
  }

  boolean isResourceRejected(String resource) {
    synchronized (lock) {
      return unknownResources.contains(resource);
    }
  }

  /**
   * Accepts a write: the resource is {@code Updating} until it ends, and changes then.
   *
   * @throws ArmException if the resource is gone, being deleted, has a write in flight or another
   *     ETag
   */
  ComputeOperation begin(ArmId id, ComputeWrite write) {
    synchronized (lock) {
      operations.settle(computes);
      return operations.begin(computes, id, write);
    }
  }

  /** Ends a write now if it is still in flight. */
  void end(String operationId) {
    synchronized (lock) {
      operations.end(computes, operationId);
    }
  }

  Optional<ComputeOperation> operation(String operationId) {
    synchronized (lock) {
      operations.settle(computes);
      return operations.find(operationId);
    }
  }
}
