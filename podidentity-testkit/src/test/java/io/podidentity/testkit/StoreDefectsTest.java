package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.DesiredAssignment;
import io.podidentity.api.model.Provenance;
import io.podidentity.api.spi.AssignmentStore;
import io.podidentity.testkit.Defect.Behaviour;
import io.podidentity.testkit.Defect.Call;
import io.podidentity.testkit.contract.AssignmentStoreContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract of the store finds what is wrong with a double, clause by clause. */
final class StoreDefectsTest {
  @Test
  void assignmentStore() {
    PlantedDefects.areFound(
        AssignmentStoreContract.class,
        Store.class,
        List.of(
            create(
                "forgets what MIC did",
                call -> call.proceedWith(call.argument(0), call.argument(1), Provenance.UNKNOWN)),
            create(
                "begins as assigned",
                call ->
                    call.proceedWith(call.argument(0), AssignmentState.ASSIGNED, call.argument(2))),
            create(
                "begins as created",
                call ->
                    call.proceedWith(call.argument(0), AssignmentState.CREATED, call.argument(2))),
            create("refuses what is there already", StoreDefectsTest::createOnce),
            create("writes over the record of another pod", StoreDefectsTest::createOver),
            setState(
                "forgets what MIC did",
                call -> call.proceedWith(call.argument(0), call.argument(1), Provenance.UNKNOWN)),
            setState("changes more than the state", StoreDefectsTest::setMore),
            setState("takes every conflict for a success", StoreDefectsTest::swallow),
            setState("insists on the version", StoreDefectsTest::ifUntouched),
            replace(
                "forgets what MIC did",
                call ->
                    call.proceedWith(
                        call.argument(0), call.argument(1), call.argument(2), Provenance.UNKNOWN)),
            replace(
                "changes the state alone",
                call ->
                    store(call)
                        .setState(
                            call.argument(0), call.argument(2), call.<Provenance>argument(3))),
            replace("insists on the version", StoreDefectsTest::ifUntouched),
            replace("takes every conflict for a success", StoreDefectsTest::swallow),
            delete("deletes whatever has the name", StoreDefectsTest::deleteByName),
            delete("misses what is gone", StoreDefectsTest::deleteOnce),
            delete("insists on the version", StoreDefectsTest::ifUntouched)));
  }

  private static Object createOnce(Call call) throws Throwable {
    if (cluster(call).record(call.<DesiredAssignment>argument(0).record()).isPresent()) {
      throw conflict();
    }
    return call.proceed();
  }

  private static Object createOver(Call call) throws Throwable {
    DesiredAssignment desired = call.argument(0);
    Optional<AssignedIdentity> there = cluster(call).record(desired.record());
    if (there.isPresent() && !there.get().describes(desired)) {
      cluster(call).deleteRecord(desired.record());
    }
    return call.proceed();
  }

  private static Object setMore(Call call) throws Throwable {
    AssignedIdentity set = call.result();
    AssignedIdentity more =
        new AssignedIdentity(
            set.name(),
            set.uid(),
            set.resourceVersion(),
            set.pod(),
            null,
            set.nodeName(),
            set.identity(),
            set.binding(),
            set.state(),
            false,
            set.provenance());
    cluster(call).putRecord(more);
    return more;
  }

  private static Object swallow(Call call) throws Throwable {
    try {
      return call.proceed();
    } catch (PodIdentityException e) {
      return call.argument(0);
    }
  }

  private static Object ifUntouched(Call call) throws Throwable {
    AssignedIdentity known = call.argument(0);
    Optional<AssignedIdentity> now = cluster(call).record(known.name());
    if (now.isPresent() && !now.get().resourceVersion().equals(known.resourceVersion())) {
      throw conflict();
    }
    return call.proceed();
  }

  private static Object deleteByName(Call call) {
    cluster(call).deleteRecord(call.<AssignedIdentity>argument(0).name());
    return null;
  }

  private static Object deleteOnce(Call call) throws Throwable {
    if (cluster(call).record(call.<AssignedIdentity>argument(0).name()).isEmpty()) {
      throw conflict();
    }
    return call.proceed();
  }

  private static Defect create(String name, Behaviour behaviour) {
    return new Defect("create: " + name, "create", 3, behaviour);
  }

  private static Defect setState(String name, Behaviour behaviour) {
    return new Defect("setState: " + name, "setState", 3, behaviour);
  }

  private static Defect replace(String name, Behaviour behaviour) {
    return new Defect("replace: " + name, "replace", 4, behaviour);
  }

  private static Defect delete(String name, Behaviour behaviour) {
    return new Defect("delete: " + name, "delete", 1, behaviour);
  }

  private static InMemoryCluster cluster(Call call) {
    return (InMemoryCluster) call.real();
  }

  private static AssignmentStore store(Call call) {
    return cluster(call);
  }

  private static PodIdentityException conflict() {
    return new PodIdentityException(ErrorReason.CLUSTER_CONFLICT, "planted");
  }

  /** With the planted defect. */
  static class Store extends InMemoryAssignmentStoreTest {
    @Override
    protected AssignmentStore store() {
      return Defect.in(AssignmentStore.class, super.store());
    }
  }
}
