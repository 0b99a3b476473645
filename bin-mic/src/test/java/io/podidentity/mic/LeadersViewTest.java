package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.testkit.InMemoryCluster;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** Which pictures of a new leader may be old ones. */
final class LeadersViewTest {
  private final ClusterView cluster = new InMemoryCluster(Clock.systemUTC());

  @Test
  void pictureMayBeAnOldOneUntilTheViewHasCaughtUp() {
    LeadersView view = new LeadersView(cluster);
    assertThat(view.mayBeBehind()).isTrue();
    view.snapshot();
    assertThat(view.mayBeBehind()).isTrue();

    view.caughtUp();
    assertThat(view.mayBeBehind()).isTrue();
    view.snapshot();
    assertThat(view.mayBeBehind()).isFalse();
  }

  @Test
  void pictureThatWasBeingTakenWhenItCaughtUpMayBeAnOldOne() {
    Slow slow = new Slow();
    LeadersView view = new LeadersView(slow);
    slow.meanwhile = view::caughtUp;

    view.snapshot();
    assertThat(view.mayBeBehind()).isTrue();

    view.snapshot();
    assertThat(view.mayBeBehind()).isFalse();
  }

  private final class Slow implements ClusterView {
    Runnable meanwhile = () -> {};

    @Override
    public ClusterSnapshot snapshot() {
      ClusterSnapshot picture = cluster.snapshot();
      meanwhile.run();
      return picture;
    }

    @Override
    public Subscription onChange(Runnable nudge) {
      return cluster.onChange(nudge);
    }
  }
}
