package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.ReplicaSetDirectory;
import org.junit.jupiter.api.Test;

/** What a {@link ReplicaSetDirectory} has to do. */
public abstract class ReplicaSetDirectoryContract {
  private static final String NAMESPACE = "default";

  /** For subclasses. */
  protected ReplicaSetDirectoryContract() {}

  /** The directory. */
  protected abstract ReplicaSetDirectory directory();

  /** Creates the ReplicaSet, and gives its UID. */
  protected abstract String create(NamespacedName name);

  /** Deletes the ReplicaSet, at once. */
  protected abstract void delete(NamespacedName name);

  @Test
  void liveOneIsKnownByItsNameAndUidTogether() {
    NamespacedName name = new NamespacedName(NAMESPACE, Samples.fresh("replicas"));
    NamespacedName other = new NamespacedName(NAMESPACE, Samples.fresh("replicas"));
    String uid = create(name);
    String otherUid = create(other);

    assertThat(directory().isLive(name, uid)).succeedsWithin(Eventually.LIMIT).isEqualTo(true);
    assertThat(directory().isLive(name, otherUid))
        .succeedsWithin(Eventually.LIMIT)
        .isEqualTo(false);
    assertThat(directory().isLive(other, uid)).succeedsWithin(Eventually.LIMIT).isEqualTo(false);
    assertThat(directory().isLive(new NamespacedName(NAMESPACE, Samples.fresh("none")), uid))
        .succeedsWithin(Eventually.LIMIT)
        .isEqualTo(false);
  }

  @Test
  void oneThatIsGoneIsNotLiveNorIsItsSuccessorUnderItsUid() {
    NamespacedName name = new NamespacedName(NAMESPACE, Samples.fresh("replicas"));
    String uid = create(name);
    assertThat(directory().isLive(name, uid)).succeedsWithin(Eventually.LIMIT).isEqualTo(true);

    delete(name);
    assertThat(directory().isLive(name, uid)).succeedsWithin(Eventually.LIMIT).isEqualTo(false);

    String successor = create(name);
    assertThat(directory().isLive(name, uid)).succeedsWithin(Eventually.LIMIT).isEqualTo(false);
    assertThat(directory().isLive(name, successor))
        .succeedsWithin(Eventually.LIMIT)
        .isEqualTo(true);
  }
}
