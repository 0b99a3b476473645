package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.spi.BindingDirectory;
import org.junit.jupiter.api.Test;

/** What a {@link BindingDirectory} has to do. */
public abstract class BindingDirectoryContract {
  private static final String NAMESPACE = "default";

  /** For subclasses. */
  protected BindingDirectoryContract() {}

  /** The directory, up to date. */
  protected abstract BindingDirectory directory();

  /** Creates the binding, or changes the one of its name to be so. */
  protected abstract void put(IdentityBinding binding);

  /**
   * Creates the identity, or changes the one of its name to be so. An implementation that does not
   * choose UIDs and generations may give it others.
   */
  protected abstract void put(AzureIdentity identity);

  /** Deletes the binding, at once. */
  protected abstract void deleteBinding(NamespacedName name);

  /** Deletes the identity, at once. */
  protected abstract void deleteIdentity(NamespacedName name);

  @Test
  void bindingIsFoundByItsNamespaceAndSelectorChangesAndGoes() {
    AzureIdentity identity = Samples.identity(NAMESPACE);
    String before = Samples.fresh("selector");
    String after = Samples.fresh("selector");
    IdentityBinding binding = Samples.binding(identity, before);
    IdentityBinding changed = new IdentityBinding(binding.name(), "another", after);

    put(binding);
    Eventually.asserted(
        () -> assertThat(directory().bindings(NAMESPACE, before)).containsExactly(binding));
    assertThat(directory().bindings("elsewhere", before)).isEmpty();
    assertThat(directory().bindings(NAMESPACE, after)).isEmpty();

    put(changed);
    Eventually.asserted(
        () -> {
          assertThat(directory().bindings(NAMESPACE, after)).containsExactly(changed);
          assertThat(directory().bindings(NAMESPACE, before)).isEmpty();
        });

    deleteBinding(binding.name());
    Eventually.asserted(() -> assertThat(directory().bindings(NAMESPACE, after)).isEmpty());
  }

  @Test
  void allBindingsOfASelectorAreFound() {
    String selector = Samples.fresh("selector");
    IdentityBinding one = Samples.binding(Samples.identity(NAMESPACE), selector);
    IdentityBinding other = Samples.binding(Samples.identity(NAMESPACE), selector);

    put(one);
    put(other);

    Eventually.asserted(
        () ->
            assertThat(directory().bindings(NAMESPACE, selector))
                .containsExactlyInAnyOrder(one, other));
  }

  @Test
  void identityIsFoundByItsNameChangesAndGoes() {
    AzureIdentity identity = Samples.identity(NAMESPACE);
    AzureIdentity changed = Samples.identity(identity.name(), "another");

    put(identity);
    assertMeans(identity);
    // Not in the same moment: it is another view of what came.
    Eventually.asserted(
        () -> assertThat(directory().describedIds()).containsAll(identity.managedIds()));

    put(changed);
    assertMeans(changed);
    Eventually.asserted(
        () ->
            assertThat(directory().describedIds())
                .containsAll(changed.managedIds())
                .doesNotContainAnyElementsOf(identity.managedIds()));

    deleteIdentity(identity.name());
    Eventually.asserted(() -> assertThat(directory().identity(identity.name())).isEmpty());
    Eventually.asserted(
        () ->
            assertThat(directory().describedIds())
                .doesNotContainAnyElementsOf(changed.managedIds()));
  }

  private void assertMeans(AzureIdentity wanted) {
    Eventually.asserted(
        () ->
            assertThat(directory().identity(wanted.name()))
                .hasValueSatisfying(
                    found -> assertThat(found.sameMeaningAs(wanted)).as("%s", found).isTrue()));
  }
}
