package io.podidentity.mic;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Finding;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Node;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.azure.arm.ArmRights;
import io.podidentity.bin.Findings;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The part of {@link DoctorCommand} that asks Azure; it changes nothing there. */
final class AzureDoctor {
  /** From here on a machine's identities are worth a warning. */
  private static final double NEARLY = 0.9;

  private static final int CALLS_AT_A_TIME = 8;
  private static final String ROLES = "deploy/role-assignment.sh";

  private final ComputeIdentities machines;
  private final ArmRights rights;
  private final int identitiesPerTarget;
  private final Supplier<Duration> left;
  private final Findings found;

  /** A machine as it was found, and whether MIC may change it. */
  private record Seen(TargetIdentities identities, Optional<Boolean> mayChange) {}

  /**
   * A doctor that says what it finds.
   *
   * @param left how long it may take still
   */
  AzureDoctor(
      ComputeIdentities machines,
      ArmRights rights,
      int identitiesPerTarget,
      Supplier<Duration> left,
      Findings found) {
    this.machines = machines;
    this.rights = rights;
    this.identitiesPerTarget = identitiesPerTarget;
    this.left = left;
    this.found = found;
  }

  /** Looks at the machines of all nodes, and at the identities that are bound. */
  void look(ClusterSnapshot cluster) {
    ExecutorService readers = Threads.atMost(CALLS_AT_A_TIME, "azure");
    try {
      Map<ComputeTarget, Future<Seen>> seen = new LinkedHashMap<>();
      cluster.nodes().stream()
          .map(Node::target)
          .filter(Objects::nonNull)
          .distinct()
          .sorted(Comparator.comparing(target -> target.id().lowerCase()))
          .forEach(target -> seen.put(target, readers.submit(() -> see(target))));
      Map<ResourceId, Future<Optional<Boolean>>> assignable = new LinkedHashMap<>();
      bound(cluster)
          .forEach(
              id -> assignable.put(id, readers.submit(() -> rights.may(id, ArmRights.ASSIGN))));
      seen.forEach(this::machine);
      identities(assignable);
    } finally {
      readers.shutdownNow();
    }
  }

  private Seen see(ComputeTarget target) {
    TargetIdentities identities = machines.read(target);
    return new Seen(identities, rights.may(target.id(), ArmRights.changeOf(target)));
  }

  /** Managed identities that a binding names. */
  private static List<ResourceId> bound(ClusterSnapshot cluster) {
    Set<NamespacedName> named =
        cluster.bindings().stream()
            .filter(it -> !it.azureIdentity().isEmpty())
            .map(it -> new NamespacedName(it.name().namespace(), it.azureIdentity()))
            .collect(Collectors.toSet());
    return cluster.identities().stream()
        .filter(identity -> named.contains(identity.name()))
        .map(AzureIdentity::credential)
        .filter(Credential.ManagedIdentity.class::isInstance)
        .map(credential -> ((Credential.ManagedIdentity) credential).resourceId())
        .distinct()
        .sorted(Comparator.comparing(ResourceId::lowerCase))
        .toList();
  }

  private void machine(ComputeTarget target, Future<Seen> look) {
    try {
      Seen seen = await(target.id(), look);
      int count = seen.identities().clientIds().size();
      String text = "%s has %d identities of %d".formatted(target.id(), count, identitiesPerTarget);
      boolean full = count >= identitiesPerTarget * NEARLY;
      if (full) {
        found.add(
            "machines",
            count >= identitiesPerTarget ? Verdict.WRONG : Verdict.WARNING,
            Finding.IDENTITY_LIMIT.code(),
            text,
            show(target.id()));
      }
      if (seen.mayChange().isEmpty()) {
        found.add(
            "machines",
            Verdict.UNKNOWN,
            "",
            text + "; whether MIC's identity may change it is not told",
            "");
      } else if (!seen.mayChange().get()) {
        found.wrong(
            "machines",
            Finding.ARM_PERMISSION_MISSING,
            "MIC's identity may read and not change %s: no role gives it %s"
                .formatted(target.id(), ArmRights.changeOf(target)),
            ROLES);
      } else if (!full) {
        found.ok("machines", text + ", and MIC's identity may change it");
      }
    } catch (PodIdentityException e) {
      boolean refused = e.reason() == ErrorReason.TARGET_REJECTED;
      found.add(
          "machines",
          e.reason() == ErrorReason.TARGET_NOT_PERMITTED ? Verdict.WARNING : Verdict.WRONG,
          refused ? Finding.ARM_PERMISSION_MISSING.code() : e.reason().code(),
          String.valueOf(e.getMessage()),
          show(target.id()));
    }
  }

  /** A warning: who put an identity on the machines by hand needs no such right. */
  private void identities(Map<ResourceId, Future<Optional<Boolean>>> assignable) {
    int may = 0;
    int untold = 0;
    for (Map.Entry<ResourceId, Future<Optional<Boolean>>> each : assignable.entrySet()) {
      Optional<Boolean> told = told(each.getKey(), each.getValue());
      if (told.isEmpty()) {
        untold++;
      } else if (told.get()) {
        may++;
      } else {
        found.add(
            "identities",
            Verdict.WARNING,
            Finding.ARM_PERMISSION_MISSING.code(),
            "MIC's identity may not put %s on a machine: no role gives it %s"
                .formatted(each.getKey(), ArmRights.ASSIGN),
            ROLES);
      }
    }
    if (assignable.isEmpty()) {
      found.ok("identities", "no managed identity is bound");
    } else if (may > 0) {
      found.ok(
          "identities",
          "MIC's identity may put %d of the %d that are bound on machines"
              .formatted(may, assignable.size()));
    }
    if (untold > 0) {
      found.add(
          "identities",
          Verdict.UNKNOWN,
          "",
          "whether MIC's identity may put %d of the %d that are bound on machines is not told"
              .formatted(untold, assignable.size()),
          "");
    }
  }

  private Optional<Boolean> told(ResourceId id, Future<Optional<Boolean>> look) {
    try {
      return await(id, look);
    } catch (PodIdentityException e) {
      return Optional.empty();
    }
  }

  private static String show(ResourceId id) {
    return "az resource show --ids %s --query identity".formatted(id);
  }

  /** Each call may take minutes, and there may be hundreds. */
  private <T> T await(ResourceId about, Future<T> look) {
    try {
      return look.get(left.get().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "no answer about %s in time, which --timeout may prolong".formatted(about),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PodIdentityException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted", e);
    }
  }
}
