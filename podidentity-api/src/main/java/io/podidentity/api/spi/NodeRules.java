package io.podidentity.api.spi;

/**
 * Our rules on a node: those that keep its pods from the metadata service, and those that send
 * their requests to NMI. Called by NMI from one thread at a time; may block.
 */
public interface NodeRules {
  /**
   * Makes the rules what they should be; changes nothing if they are.
   *
   * @return whether anything had to be changed
   * @throws io.podidentity.api.PodIdentityException with {@code REDIRECT_FAILED} if that failed;
   *     the message says what to change on the node
   */
  boolean ensure();

  /**
   * Removes our rules and nothing else; changes nothing if there are none.
   *
   * @throws io.podidentity.api.PodIdentityException with {@code REDIRECT_FAILED} if that failed
   */
  void remove();

  /**
   * Tells when someone may have changed them; by default never.
   *
   * @param onChange called on any thread, at once and without much work to wait for
   */
  default News listen(Runnable onChange) {
    return new News() {
      @Override
      public boolean isComplete() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** News of changes, until it is closed. */
  interface News extends Subscription {
    /**
     * Whether every change is told now. If not, the rules want to be looked at often. Any thread
     * may ask.
     */
    boolean isComplete();
  }
}
