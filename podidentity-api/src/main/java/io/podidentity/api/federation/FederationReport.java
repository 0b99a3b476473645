package io.podidentity.api.federation;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.ObjectReference;
import io.podidentity.api.model.Pod;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to be there before the pods of a cluster can have by federation what they have by
 * bindings. All lists are in a stable order.
 *
 * @param issuer as in {@link FederationInput}; null if it is not known
 * @param accounts the service accounts of pods that have identities
 * @param identities the identities that pods have, one for each in Azure
 * @param unused bindings through which no pod has anything now
 * @param problems objects that had to be left aside, and why
 */
public record FederationReport(
    @Nullable String issuer,
    List<Account> accounts,
    List<Identity> identities,
    List<NamespacedName> unused,
    Map<ObjectReference, String> problems) {
  /** Copies its parts, and keeps their order. */
  public FederationReport {
    accounts = List.copyOf(accounts);
    identities = List.copyOf(identities);
    unused = List.copyOf(unused);
    problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
  }

  /**
   * A service account.
   *
   * @param name its namespace and name
   * @param exists whether there is such an object
   * @param annotated the client ID that it is annotated with now; empty without one
   * @param annotation the client ID to annotate it with: that of the first identity of its first
   *     pod; null if that has none
   * @param pods the pods that run under it and have identities
   * @param findings what to decide or to know
   */
  public record Account(
      NamespacedName name,
      boolean exists,
      String annotated,
      @Nullable ClientId annotation,
      List<PodUse> pods,
      List<FederationFinding> findings) {
    /** Copies the lists. */
    public Account {
      pods = List.copyOf(pods);
      findings = List.copyOf(findings);
    }
  }

  /**
   * A pod and what it has.
   *
   * @param pod the pod
   * @param uses not empty
   */
  public record PodUse(Pod pod, List<Use> uses) {
    /** Copies the list. */
    public PodUse {
      uses = List.copyOf(uses);
    }
  }

  /**
   * An identity that a pod has, and through what.
   *
   * @param binding the binding's name
   * @param identity the identity
   */
  public record Use(NamespacedName binding, AzureIdentity identity) {}

  /**
   * An identity in Azure.
   *
   * @param objects the {@code AzureIdentity} objects that stand for it; not empty
   * @param credential what the first of them says
   * @param credentials what it has to hold; empty if its name cannot be given to {@code az}
   * @param findings what to decide or to know
   */
  public record Identity(
      List<NamespacedName> objects,
      Credential credential,
      List<FederatedCredential> credentials,
      List<FederationFinding> findings) {
    /** Copies the lists. */
    public Identity {
      objects = List.copyOf(objects);
      credentials = List.copyOf(credentials);
      findings = List.copyOf(findings);
    }
  }
}
