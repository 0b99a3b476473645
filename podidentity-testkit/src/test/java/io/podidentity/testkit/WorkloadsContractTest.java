package io.podidentity.testkit;

import io.podidentity.api.embed.Workloads;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodPhase;
import io.podidentity.api.spi.PodDirectory;
import io.podidentity.testkit.contract.PodDirectoryContract;
import java.util.List;
import java.util.Map;

class WorkloadsContractTest extends PodDirectoryContract {
  private final Workloads workloads = new Workloads();

  @Override
  protected PodDirectory directory() {
    return workloads;
  }

  @Override
  protected void put(Pod pod) {
    workloads.put(pod.name(), pod.addresses(), List.of());
  }

  @Override
  protected void delete(NamespacedName pod) {
    workloads.remove(pod);
  }

  @Override
  protected Pod shown(Pod pod) {
    return new Pod(
        pod.name(),
        pod.uid(),
        null,
        Map.of(IdentityBinding.POD_LABEL, pod.name().name()),
        pod.addresses(),
        PodPhase.RUNNING,
        false,
        false);
  }
}
