package io.podidentity.api.spi;

/** An interest in changes, until it is closed. */
public interface Subscription extends AutoCloseable {
  /** Ends the interest. A call that is under way may still arrive. May be called more than once. */
  @Override
  void close();
}
