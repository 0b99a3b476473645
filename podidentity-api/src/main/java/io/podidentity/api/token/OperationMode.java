package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.matching.IdentitySelector;
import io.podidentity.api.matching.ManagedSelector;
import io.podidentity.api.matching.OthersIdentities;
import io.podidentity.api.matching.Selection;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.AssignmentDirectory;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.api.spi.Subscription;
import java.util.List;
import java.util.Optional;

/**
 * How it is told which identity a pod may have: the two operation modes of AAD Pod Identity v1.
 * Thread-safe.
 */
public abstract sealed class OperationMode {
  /**
   * Standard mode: MIC assigns identities and records it, and a pod gets what is recorded for it.
   *
   * @param identities all of the cluster: on a scale set, what is assigned for pods of other nodes
   *     is on this one too, and must not be given to exempt pods here. {@code Set::of} will do only
   *     where the records are those of all nodes, or where no pod is exempt or each gets any
   *     identity
   * @param forceNamespaced whether every identity is kept to pods of its own namespace
   */
  public static OperationMode standard(
      AssignmentDirectory records, IdentityDirectory identities, boolean forceNamespaced) {
    return new Standard(records, identities, new IdentitySelector(forceNamespaced));
  }

  /**
   * Managed mode: whoever runs the cluster assigns identities to its machines, there is no MIC, and
   * a pod gets what is bound to it in its own namespace.
   */
  public static OperationMode managed(BindingDirectory bindings) {
    return new Managed(bindings);
  }

  private OperationMode() {}

  abstract Selection select(Pod pod, IdentityChoice choice);

  /** Calls back after each change that another selection for the pod may follow from. */
  abstract Subscription onChange(Pod pod, Runnable wake);

  /**
   * The identities that are on the node for other pods, as far as can be told.
   *
   * @throws io.podidentity.api.PodIdentityException until it can be told
   */
  abstract OthersIdentities identitiesOfOthers(Pod pod);

  private static final class Standard extends OperationMode {
    private final AssignmentDirectory records;
    private final IdentityDirectory identities;
    private final IdentitySelector selector;

    Standard(AssignmentDirectory records, IdentityDirectory identities, IdentitySelector selector) {
      this.records = requireNonNull(records, "records");
      this.identities = requireNonNull(identities, "identities");
      this.selector = selector;
    }

    @Override
    Selection select(Pod pod, IdentityChoice choice) {
      return selector.select(pod, choice, records.forPod(pod.name()));
    }

    @Override
    Subscription onChange(Pod pod, Runnable wake) {
      return records.onChange(pod.name(), wake);
    }

    /** Whatever their state: what is not assigned yet, or no longer, may be on the node already. */
    @Override
    OthersIdentities identitiesOfOthers(Pod pod) {
      return OthersIdentities.of(
          List.of(identities.describedIds(), records.recordedIds()),
          selector.identitiesOf(pod, records.forPod(pod.name())));
    }
  }

  private static final class Managed extends OperationMode {
    private final BindingDirectory directory;

    Managed(BindingDirectory directory) {
      this.directory = requireNonNull(directory, "directory");
    }

    @Override
    Selection select(Pod pod, IdentityChoice choice) {
      return ManagedSelector.select(pod, choice, boundTo(pod));
    }

    /** There are no records: whatever an object describes is somebody's. */
    @Override
    OthersIdentities identitiesOfOthers(Pod pod) {
      List<AzureIdentity> own = boundTo(pod);
      return OthersIdentities.of(List.of(directory.describedIds()), own);
    }

    private List<AzureIdentity> boundTo(Pod pod) {
      String namespace = pod.name().namespace();
      return directory.bindings(namespace, pod.bindingLabel()).stream()
          .filter(binding -> ManagedSelector.selects(binding, pod))
          .map(IdentityBinding::azureIdentity)
          .filter(name -> !name.isEmpty())
          .map(name -> directory.identity(new NamespacedName(namespace, name)))
          .flatMap(Optional::stream)
          .toList();
    }

    /** It never says that something should be waited for. */
    @Override
    Subscription onChange(Pod pod, Runnable wake) {
      return () -> {};
    }
  }
}
