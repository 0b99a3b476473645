package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.spi.ExemptionDirectory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an {@link ExemptionDirectory} has to do. */
public abstract class ExemptionDirectoryContract {
  /** For subclasses. */
  protected ExemptionDirectoryContract() {}

  /** The directory, up to date. */
  protected abstract ExemptionDirectory directory();

  /** A namespace in which there are no exemptions. */
  protected abstract String freshNamespace();

  /** Creates the exemption, or changes the one of its name to be so. */
  protected abstract void put(PodExemption exemption);

  /** Deletes the exemption, at once. */
  protected abstract void delete(NamespacedName exemption);

  @Test
  void exemptionIsFoundInItsNamespaceOnlyChangesAndGoes() {
    NamespacedName name = new NamespacedName(freshNamespace(), Samples.fresh("exemption"));
    String other = freshNamespace();
    PodExemption exemption = new PodExemption(name, Map.of("app", "a", "tier", "b"));
    PodExemption changed = new PodExemption(name, Map.of("app", "c"));

    put(exemption);
    Eventually.asserted(
        () -> assertThat(directory().inNamespace(name.namespace())).containsExactly(exemption));
    assertThat(directory().inNamespace(other)).isEmpty();

    put(changed);
    Eventually.asserted(
        () -> assertThat(directory().inNamespace(name.namespace())).containsExactly(changed));

    delete(name);
    Eventually.asserted(() -> assertThat(directory().inNamespace(name.namespace())).isEmpty());
  }
}
