package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.ClusterSnapshot;
import io.podidentity.api.model.Node;
import io.podidentity.api.spi.ClusterView;
import io.podidentity.api.spi.Subscription;
import io.podidentity.testkit.InMemoryCluster;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pictures of a new leader may be old ones. */
final class LeadersViewTest {
  private final InMemoryCluster cluster = new InMemoryCluster(Clock.systemUTC());

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

  @Test
  void picturesAndCallsArePassedOn() {
    LeadersView view = new LeadersView(cluster);
    List<Node> told = new ArrayList<>();
    Node node = new Node("n1", null);

    try (Subscription subscription = view.onChange(() -> told.addAll(view.snapshot().nodes()))) {
      assertThat(subscription).isNotNull();
      cluster.putNode(node);
    }

    assertThat(told).contains(node);
    cluster.putNode(new Node("n2", null));
    assertThat(told).extracting(Node::name).doesNotContain("n2");
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
