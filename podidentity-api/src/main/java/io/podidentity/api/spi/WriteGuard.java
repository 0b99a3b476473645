package io.podidentity.api.spi;

/**
 * Asked right before each write of an adapter that only a leader may make, so that one that was
 * halted and goes on makes none. Called from any thread; must be quick. Thread-safe.
 */
@FunctionalInterface
public interface WriteGuard {
  /** Lets all writes through: there is no other writer. */
  WriteGuard NONE = () -> {};

  /**
   * Returns if the write may be made now.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code SHUTTING_DOWN} if not
   */
  void check();
}
