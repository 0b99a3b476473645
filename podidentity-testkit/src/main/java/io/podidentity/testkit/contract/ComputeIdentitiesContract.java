package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ComputeTarget;
import io.podidentity.api.model.ResourceId;
import io.podidentity.api.model.TargetIdentities;
import io.podidentity.api.spi.ComputeIdentities;
import java.util.Locale;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a {@link ComputeIdentities} has to do. */
public abstract class ComputeIdentitiesContract {
  /** For subclasses. */
  protected ComputeIdentitiesContract() {}

  /** The identities on machines. */
  protected abstract ComputeIdentities compute();

  /**
   * A virtual machine or scale set that is there, with no user-assigned identity; always the same.
   */
  protected abstract ComputeTarget target();

  /** One that is not there. */
  protected abstract ComputeTarget missing();

  /** Creates an identity of that name that may be assigned; gives the same for the same name. */
  protected abstract ResourceId identity(String name);

  /** Puts an identity on the target by other hands. */
  protected abstract void attach(ResourceId identity);

  /** Has Azure begin to take the identity off the target, by other hands; it does not end. */
  protected abstract void beginDetach(ResourceId identity);

  /** Has Azure refuse to assign the identity, naming it. */
  protected abstract void refuse(ResourceId identity);

  /** Has Azure throttle whatever is asked next, with advice to wait. */
  protected abstract void throttle();

  /** How many changes Azure was asked for. */
  protected abstract long changes();

  @Test
  void targetWithoutIdentitiesHasNone() {
    assertThat(compute().read(target()).clientIds()).isEmpty();
  }

  @Test
  void attachedIdentityIsThereAfterwardsWithItsClientId() {
    ResourceId one = identity("one");

    TargetIdentities after = compute().update(target(), Set.of(one), Set.of());

    assertThat(after.clientIds()).containsOnlyKeys(one);
    assertThat(after.clientId(one)).isPresent();
    assertThat(compute().read(target())).isEqualTo(after);
  }

  @Test
  void detachedIdentityIsGoneAndNoOther() {
    ResourceId one = identity("one");
    ResourceId two = identity("two");
    compute().update(target(), Set.of(one, two), Set.of());

    TargetIdentities after = compute().update(target(), Set.of(), Set.of(one));

    assertThat(after.clientIds()).containsOnlyKeys(two);
    assertThat(compute().read(target())).isEqualTo(after);
  }

  @Test
  void identityThatOthersPutThereIsShownAndLeftAlone() {
    ResourceId one = identity("one");
    ResourceId foreign = identity("foreign");
    attach(foreign);
    assertThat(compute().read(target()).has(foreign)).isTrue();

    compute().update(target(), Set.of(one), Set.of());
    compute().update(target(), Set.of(), Set.of(one));

    assertThat(compute().read(target()).clientIds()).containsOnlyKeys(foreign);
  }

  @Test
  void whatIsSoAlreadyIsNotAskedFor() {
    ResourceId one = identity("one");
    ResourceId two = identity("two");
    compute().update(target(), Set.of(one), Set.of());
    long known = changes();

    compute().update(target(), Set.of(one), Set.of(two));
    compute().update(target(), Set.of(shouted(one)), Set.of());

    assertThat(changes()).isEqualTo(known);
  }

  @Test
  void identityThatMayBeOnItsWayOffDoesNotCountAsThere() {
    ResourceId one = identity("one");
    compute().update(target(), Set.of(one), Set.of());
    beginDetach(one);

    PodIdentityException refusal = failure(() -> compute().update(target(), Set.of(one), Set.of()));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
  }

  @Test
  void targetThatIsBeingChangedIsShownAsSuch() {
    ResourceId one = identity("one");
    compute().update(target(), Set.of(one), Set.of());
    assertThat(compute().read(target()).changing()).isFalse();

    beginDetach(one);

    assertThat(compute().read(target()).changing()).isTrue();
  }

  @Test
  void targetThatIsNotThereIsNotFound() {
    ResourceId one = identity("one");

    assertThat(failure(() -> compute().read(missing())).reason())
        .isEqualTo(ErrorReason.TARGET_NOT_FOUND);
    assertThat(failure(() -> compute().update(missing(), Set.of(one), Set.of())).reason())
        .isEqualTo(ErrorReason.TARGET_NOT_FOUND);
  }

  @Test
  void refusalNamesWhatIsRefusedAndChangesNothing() {
    ResourceId good = identity("one");
    ResourceId bad = identity("refused");
    refuse(bad);

    PodIdentityException refusal =
        failure(() -> compute().update(target(), Set.of(good, bad), Set.of()));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TARGET_REJECTED);
    assertThat(refusal.blamed()).containsExactly(bad.lowerCase());
    assertThat(compute().read(target()).clientIds()).isEmpty();
  }

  @Test
  void throttlingMayHealAndSaysWhen() {
    throttle();

    PodIdentityException refusal = failure(() -> compute().read(target()));

    assertThat(refusal.reason()).isEqualTo(ErrorReason.TARGET_UNAVAILABLE);
    assertThat(refusal.retryAfter()).isPresent();
  }

  private static ResourceId shouted(ResourceId id) {
    return new ResourceId(id.value().toUpperCase(Locale.ROOT));
  }

  private static PodIdentityException failure(ThrowingCallable call) {
    PodIdentityException failure = catchThrowableOfType(PodIdentityException.class, call);
    assertThat(failure).as("failure").isNotNull();
    return failure;
  }
}
