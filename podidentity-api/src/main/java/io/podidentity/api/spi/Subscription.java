package io.podidentity.api.spi;

/** An interest in changes, until it is closed. */
public interface Subscription extends AutoCloseable {
  /**
   * Ends the interest, without waiting: a call that is under way may still arrive. May be called
   * more than once, and from within a call.
   */
  @Override
  void close();
}
