package io.podidentity.mic;

import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;

/**
 * The cluster as a new leader sees it, and whether its last picture may be an old one: one that has
 * stood by may not have been told for a while, without a sign of it. What such a picture lacks is
 * not gone. Pictures are taken by one thread at a time; the rest is thread-safe.
 */
final class LeadersView implements ClusterView {
  private final ClusterView view;
  private volatile boolean caughtUp;
  private volatile boolean mayBeBehind = true;

  LeadersView(ClusterView view) {
    this.view = view;
  }

  /** Pictures that are taken from now on are of now. */
  void caughtUp() {
    caughtUp = true;
  }

  /** Whether the last picture may be an old one; true before the first. */
  boolean mayBeBehind() {
    return mayBeBehind;
  }

  @Override
  public ClusterSnapshot snapshot() {
    // Before the picture: what becomes known while it is taken may not be in it.
    boolean known = caughtUp;
    ClusterSnapshot picture = view.snapshot();
    mayBeBehind = !known;
    return picture;
  }

  @Override
  public Subscription onChange(Runnable nudge) {
    return view.onChange(nudge);
  }
}
