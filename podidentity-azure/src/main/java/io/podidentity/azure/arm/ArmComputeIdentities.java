package io.podidentity.azure.arm;

import static java.util.Objects.requireNonNull;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetCall;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import io.podidentity.api.spi.Telemetry;
import io.podidentity.api.spi.Timer;
import io.podidentity.api.spi.WriteGuard;
import io.podidentity.api.telemetry.GuardedTelemetry;
import io.podidentity.azure.config.AzureCloud;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and changes identities by GET and PATCH of virtual machines and scale sets. Thread-safe.
 *
 * <p>Requests are made of the models of azure-resourcemanager-compute and sent through azure-core's
 * pipeline, but not by the generated client: its PATCH takes no status but 200, where older
 * versions and Azure Stack answer 201 and 202; it is bound to one subscription and one API version;
 * and it costs 23 MB and half a second of CPU time more before its first answer.
 *
 * <p>A PATCH names only what changes: an empty object attaches, null detaches. It carries the ETag
 * of what was read, where Azure shows one, since {@code identity.type} is not merged: a change in
 * between, of somebody who switched the system-assigned identity on for example, would be undone.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/compute/virtual-machines/update">Virtual
 *     machines: Update</a>
 */
public final class ArmComputeIdentities implements ComputeIdentities {
  private static final Logger log = LoggerFactory.getLogger(ArmComputeIdentities.class);

  /** So many changes in one request, as in AAD Pod Identity v1. */
  private static final int CHUNK = 150;

  /** After so many times of what a change may take, Azure has ended it. */
  private static final int OPERATIONS = 4;

  private final AzureCloud cloud;
  private final ArmOptions options;
  private final Clock clock;
  private final Telemetry telemetry;
  private final WriteGuard guard;
  private final Pause pause;
  private final ArmHttp http;
  private final Predicate<String> permitted;
  private final ArmThrottle throttle;
  private final LostChanges lost;

  /**
   * Identities of one cloud, in all subscriptions that the credential may change.
   *
   * @param credential asked for tokens for the cloud's Resource Manager; they are kept until 5 min
   *     before their end
   * @param permitted whether machines of a subscription may be read and changed, by its ID
   * @param client follows no redirects
   * @param userAgent the {@code User-Agent} header
   * @param timer for the waits while a change goes on
   * @param telemetry is told of each read and each change
   * @param guard asked right before each change
   */
  public ArmComputeIdentities(
      AzureCloud cloud,
      TokenCredential credential,
      Predicate<String> permitted,
      HttpClient client,
      String userAgent,
      ArmOptions options,
      Clock clock,
      Timer timer,
      Telemetry telemetry,
      WriteGuard guard) {
    this.guard = requireNonNull(guard, "guard");
    this.cloud = requireNonNull(cloud, "cloud");
    this.permitted = requireNonNull(permitted, "permitted");
    this.options = requireNonNull(options, "options");
    this.clock = requireNonNull(clock, "clock");
    this.telemetry = GuardedTelemetry.of(telemetry);
    this.pause = new Pause(requireNonNull(timer, "timer"));
    this.throttle = new ArmThrottle(clock, pause);
    this.lost = new LostChanges(clock, options.operationLimit().multipliedBy(OPERATIONS));
    this.http =
        new ArmHttp(
            cloud.resourceManagerEndpoint(),
            requireNonNull(client, "client"),
            requireNonNull(userAgent, "userAgent"),
            new KeptToken(
                requireNonNull(credential, "credential"), cloud.resourceManagerAudience(), clock),
            options.callLimit());
  }

  @Override
  public TargetIdentities read(ComputeTarget target) {
    ComputeResource resource = resource(target);
    IdentityState state = read(resource, url(resource));
    if (!state.isChanging()) {
      lost.ended(target);
    }
    // Else nothing would be asked for where an identity is there and about to go.
    return state.without(lost.at(target)).toTargetIdentities();
  }

  @Override
  public TargetIdentities update(
      ComputeTarget target, Set<ResourceId> attach, Set<ResourceId> detach) {
    int asked = attach.size() + detach.size();
    ComputeResource resource = resource(target);
    URI url = url(resource);
    // Before the look, which a wait would make old.
    try (ArmThrottle.Turn turn = throttle.awaitWrite(target.id().subscription())) {
      IdentityState state = read(resource, url);
      requireStaying(resource, state, attach);
      // More than one chunk: each begins with what the one before has left.
      for (int round = 0; round <= asked / CHUNK; round++) {
        requireSettled(resource, state);
        requireGone(resource, state, detach);
        IdentityDelta delta = IdentityDelta.between(state, attach, detach, CHUNK);
        if (delta.isEmpty()) {
          break;
        }
        if (state.isDeleting()) {
          throw new PodIdentityException(
              ErrorReason.TARGET_UNAVAILABLE,
              "cannot change the identities of %s: it is being deleted".formatted(resource));
        }
        turn.use();
        IdentityState before = state;
        ArmAnswer answer =
            told(target, TargetCall.CHANGE, () -> change(resource, url, before, delta));
        state = after(resource, url, answer, delta);
        if (delta.size() < CHUNK) {
          break;
        }
      }
      return state.toTargetIdentities();
    }
  }

  private ComputeResource resource(ComputeTarget target) {
    if (!permitted.test(target.id().subscription())) {
      throw new PodIdentityException(
          ErrorReason.TARGET_NOT_PERMITTED,
          "%s is in a subscription that is not the cluster's and not among --allowed-subscriptions"
              .formatted(target.id()));
    }
    return new ComputeResource(target);
  }

  private URI url(ComputeResource resource) {
    return resource.url(cloud.resourceManagerEndpoint(), cloud.computeApiVersion());
  }

  /** What is there after a change, as its answer shows it if that is whole, or else by a look. */
  private IdentityState after(
      ComputeResource resource, URI url, ArmAnswer answer, IdentityDelta delta) {
    String shownState = answer.provisioningState();
    boolean settled = shownState == null || shownState.equalsIgnoreCase("Succeeded");
    if (answer.status() == 200 && settled) {
      IdentityState shown = resource.read(answer.body());
      boolean whole =
          delta.attach().stream().noneMatch(id -> shown.clientIds().getOrDefault(id, "").isEmpty());
      if (whole && delta.detach().stream().noneMatch(shown.userAssigned()::contains)) {
        return shown;
      }
    }
    return read(resource, url);
  }

  private <T> T told(ComputeTarget target, TargetCall call, Supplier<T> made) {
    Instant start = clock.instant();
    T result;
    try {
      result = made.get();
    } catch (RuntimeException e) {
      telemetry.targetCallFailed(target, call);
      throw e;
    }
    telemetry.targetCalled(target, call, Duration.between(start, clock.instant()));
    return result;
  }

  /**
   * After a change whose end was not seen, waits until the target is at rest. Else an identity that
   * is being taken off would count as there.
   */
  private void requireSettled(ComputeResource resource, IdentityState state) {
    if (state.isChanging() && !lost.at(resource.target()).isEmpty()) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "cannot change the identities of %s: an earlier change of ours is still going on"
              .formatted(resource));
    }
    lost.ended(resource.target());
  }

  /**
   * What is not there while the target is being changed may be what that puts on: a MIC that died
   * may have asked for it. Its record would go, and it would come and stay for ever.
   */
  private static void requireGone(
      ComputeResource resource, IdentityState state, Set<ResourceId> detach) {
    if (state.isChanging()
        && detach.stream().anyMatch(id -> !state.userAssigned().contains(id.lowerCase()))) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "cannot tell whether %s is about to get what is to be taken off: a change of it is still going on"
              .formatted(resource));
    }
  }

  /**
   * What is there while the target is being changed may be what that takes off: a MIC that died may
   * have asked for it, and Azure shows it to the end.
   */
  private static void requireStaying(
      ComputeResource resource, IdentityState state, Set<ResourceId> attach) {
    if (state.isChanging()
        && attach.stream().anyMatch(id -> state.userAssigned().contains(id.lowerCase()))) {
      throw new PodIdentityException(
          ErrorReason.TARGET_UNAVAILABLE,
          "cannot tell whether %s keeps its identities: a change of it is still going on"
              .formatted(resource));
    }
  }

  private IdentityState read(ComputeResource resource, URI url) {
    return told(resource.target(), TargetCall.READ, () -> readUntold(resource, url));
  }

  private IdentityState readUntold(ComputeResource resource, URI url) {
    Asked asked = Asked.toRead(resource);
    throttle.awaitRead(resource.target().id().subscription());
    ArmAnswer answer = send(resource, ArmCall.get(asked.doing(), url));
    if (answer.status() != 200) {
      PodIdentityException error = ArmErrors.of(asked, answer, clock.instant());
      if (error.reason() == ErrorReason.TARGET_NOT_FOUND) {
        lost.ended(resource.target());
      }
      throw error;
    }
    return resource.read(answer.body());
  }

  private ArmAnswer change(
      ComputeResource resource, URI url, IdentityState state, IdentityDelta delta) {
    Asked asked = Asked.toChange(resource, delta);
    LongOperation operation = new LongOperation(http, options, clock, pause, asked, url);
    // Before it is sent: one without an answer may go on as well.
    lost.begins(resource.target(), delta.ids());
    ArmAnswer answer =
        send(resource, ArmCall.patch(asked.doing(), url, resource.patch(delta), state.etag()));
    if (answer.status() < 200 || answer.status() > 202) {
      if (answer.status() >= 400 && answer.status() < 500) {
        lost.ended(resource.target());
      }
      throw ArmErrors.of(asked, answer, clock.instant());
    }
    ArmAnswer last = operation.await(answer);
    lost.ended(resource.target());
    log.info(
        "identities changed target={} attached={} detached={}",
        resource.target().id(),
        delta.attach(),
        delta.detach());
    return last;
  }

  private ArmAnswer send(ComputeResource resource, ArmCall call) {
    String subscription = resource.target().id().subscription();
    ArmAnswer answer = http.send(call, call.isWrite() ? guard : WriteGuard.NONE);
    throttle.note(subscription, call, answer);
    return answer;
  }
}
