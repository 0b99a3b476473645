package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.IdentityDirectory;
import org.junit.jupiter.api.Test;

/** What an {@link IdentityDirectory} has to do. */
public abstract class IdentityDirectoryContract {
  /** For subclasses. */
  protected IdentityDirectoryContract() {}

  /** The directory, up to date. */
  protected abstract IdentityDirectory directory();

  /** Creates the identity, or changes the one of its name to be so. */
  protected abstract void put(AzureIdentity identity);

  /** Deletes the identity, at once. */
  protected abstract void deleteIdentity(NamespacedName name);

  @Test
  void identityIsDescribedChangesAndGoes() {
    AzureIdentity identity = Samples.identity("default");
    AzureIdentity changed = Samples.identity(identity.name(), "another");

    put(identity);
    assertDescribed(identity);

    put(changed);
    assertDescribed(changed);
    assertNotDescribed(identity);

    deleteIdentity(identity.name());
    assertNotDescribed(changed);
  }

  /** What is left of two that describe one thing still describes it. */
  @Test
  void identityThatTwoObjectsDescribeStaysUntilBothAreGone() {
    AzureIdentity one = Samples.identity("default");
    AzureIdentity other =
        new AzureIdentity(
            Samples.identity("default").name(), one.uid(), 1, false, one.credential());
    put(one);
    put(other);
    assertDescribed(one);

    deleteIdentity(one.name());
    AzureIdentity later = Samples.identity("default");
    put(later);
    assertDescribed(later);
    assertThat(directory().describedIds()).containsAll(other.managedIds());

    deleteIdentity(other.name());
    assertNotDescribed(one);
  }

  private void assertDescribed(AzureIdentity identity) {
    Eventually.asserted(
        () -> assertThat(directory().describedIds()).containsAll(identity.managedIds()));
  }

  private void assertNotDescribed(AzureIdentity identity) {
    Eventually.asserted(
        () ->
            assertThat(directory().describedIds())
                .doesNotContainAnyElementsOf(identity.managedIds()));
  }
}
