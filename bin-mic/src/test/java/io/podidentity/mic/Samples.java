package io.podidentity.mic;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import java.util.Map;
import java.util.Set;

/** What tests write about. */
final class Samples {
  private Samples() {}

  /** An assignment of one identity to one pod. */
  static DesiredAssignment desired() {
    NamespacedName pod = new NamespacedName("default", "web");
    AzureIdentity identity =
        new AzureIdentity(
            new NamespacedName("default", "app"), "uid", 1, false, new Credential.Unusable("test"));
    return new DesiredAssignment(
        DesiredAssignment.recordName(pod, identity, false),
        new Pod(pod, "uid", "node", Map.of(), Set.of(), PodPhase.RUNNING, false, false),
        "node",
        new IdentityBinding(new NamespacedName("default", "app"), "app", "web"),
        identity);
  }
}
