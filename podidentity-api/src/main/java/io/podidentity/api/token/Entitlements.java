package io.podidentity.api.token;

import io.podidentity.api.matching.Selection;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.WaitReason;
import io.podidentity.api.spi.Subscription;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.token.EventWait.Look;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who asks, and what that pod may have, as things stand; what is not decided yet is waited for.
 * Whoever closes the futures that wait ends their waits. Thread-safe.
 */
final class Entitlements {
  private final PodFinder pods;
  private final OperationMode mode;
  private final ExemptPods exemptPods;
  private final HoldPolicy holds;
  private final Timer timer;
  private final WaitReports reports;
  private final Unanswered waiting;

  Entitlements(
      PodFinder pods,
      OperationMode mode,
      ExemptPods exemptPods,
      HoldPolicy holds,
      Timer timer,
      WaitReports reports,
      Unanswered waiting) {
    this.pods = pods;
    this.mode = mode;
    this.exemptPods = exemptPods;
    this.holds = holds;
    this.timer = timer;
    this.reports = reports;
    this.waiting = waiting;
  }

  /** The pod that asks. */
  CompletableFuture<Pod> pod(Caller caller) {
    return wait(WaitReason.POD, pods.find(caller));
  }

  /** Why it is exempt, if it is. Whoever asks in a pod's name is given what is bound to it. */
  CompletableFuture<ExemptPods.Kind> exemption(Caller caller, Pod pod) {
    return caller instanceof Caller.ByAddress
        ? exemptPods.of(pod)
        : CompletableFuture.completedFuture(ExemptPods.Kind.NONE);
  }

  /** The identity that it may have, of those that are bound to it. */
  CompletableFuture<AzureIdentity> identity(Pod pod, IdentityChoice choice) {
    SoughtIdentity sought = new SoughtIdentity(mode, holds, pod, choice);
    return wait(
        WaitReason.IDENTITY,
        EventWait.until(sought, sought, timer, holds.untilRecorded(), holds.untilAssigned()));
  }

  /**
   * The same, without a wait.
   *
   * @throws io.podidentity.api.PodIdentityException if there is none, or not yet
   */
  AzureIdentity identityNow(Pod pod, IdentityChoice choice) {
    Selection selection = mode.select(pod, choice);
    if (selection instanceof Selection.Chosen chosen) {
      return chosen.identity();
    }
    throw selection instanceof Selection.NotYet notYet
        ? notYet.refusal()
        : ((Selection.Refused) selection).refusal();
  }

  /**
   * How to look for the identity of a request, and where to learn of changes; one object for both,
   * as each request has one.
   */
  private record SoughtIdentity(
      OperationMode mode, HoldPolicy holds, Pod pod, IdentityChoice choice)
      implements Supplier<Look<AzureIdentity>>, Function<Runnable, Subscription> {
    @Override
    public Look<AzureIdentity> get() {
      Selection selection = mode.select(pod, choice);
      if (selection instanceof Selection.Chosen chosen) {
        return new EventWait.Ready<>(chosen.identity());
      }
      if (selection instanceof Selection.NotYet notYet) {
        return new EventWait.Undecided<>(
            notYet.refusal(), notYet.recorded() ? holds.untilAssigned() : holds.untilRecorded());
      }
      return new EventWait.Refused<>(((Selection.Refused) selection).refusal());
    }

    @Override
    public Subscription apply(Runnable wake) {
      return mode.onChange(pod, wake);
    }
  }

  /** A step that news complete: when they will come, if at all, nobody knows. */
  private <T> CompletableFuture<T> wait(WaitReason reason, CompletableFuture<T> step) {
    return waiting.add(reports.report(reason, step));
  }
}
