package io.podidentity.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceIdTest {
  // The form that Microsoft's documentation gives:
  // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-manage-user-assigned-managed-identities
  private static final String IDENTITY =
      "/subscriptions/d0b6b3a2-17a0-4a6c-9ee7-3c6d2c1a7e55/resourceGroups/My.Group_(1)-a"
          + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo";

  @Test
  void partsAreAsWritten() {
    ResourceId id = new ResourceId(IDENTITY);

    assertThat(id.subscription()).isEqualTo("d0b6b3a2-17a0-4a6c-9ee7-3c6d2c1a7e55");
    assertThat(id.resourceGroup()).isEqualTo("My.Group_(1)-a");
    assertThat(id.name()).isEqualTo("demo");
    assertThat(id).hasToString(IDENTITY);
  }

  @Test
  void partsPutTogetherGiveTheSameId() {
    assertThat(
            ResourceId.of(
                "d0b6b3a2-17a0-4a6c-9ee7-3c6d2c1a7e55",
                "My.Group_(1)-a",
                "Microsoft.ManagedIdentity",
                "userAssignedIdentities",
                "demo"))
        .isEqualTo(new ResourceId(IDENTITY));
  }

  @Test
  void letterCaseMakesNoDifference() {
    ResourceId upper = new ResourceId(IDENTITY.toUpperCase(Locale.ROOT));

    assertThat(upper)
        .isEqualTo(new ResourceId(IDENTITY))
        .hasSameHashCodeAs(new ResourceId(IDENTITY));
    assertThat(upper.isUserAssignedIdentity()).isTrue();
    assertThat(upper.lowerCase()).isEqualTo(IDENTITY.toLowerCase(Locale.ROOT));
  }

  @Test
  void otherNamesAreOtherIds() {
    assertThat(new ResourceId(IDENTITY + "2")).isNotEqualTo(new ResourceId(IDENTITY));
  }

  /**
   * Each looks like a letter of the other to {@link String#equalsIgnoreCase}, but not to Azure: one
   * must never stand for the other in a set of what goes on or off a machine.
   */
  @ParameterizedTest
  @ValueSource(strings = {"\u0131dent\u0131ty", "\u017fervice"})
  void lettersThatOnlyShareAnUpperCaseAreDifferent(String name) {
    String plain = name.replace('\u0131', 'i').replace('\u017f', 's');

    assertThat(identity(name)).isNotEqualTo(identity(plain));
    assertThat(identity(name).lowerCase()).isNotEqualTo(identity(plain).lowerCase());
  }

  @Test
  void lettersOutsideAsciiAreEqualIgnoringCase() {
    assertThat(identity("\u00c4rger")).isEqualTo(identity("\u00e4rger"));
    assertThat(identity("\u00c4rger")).hasSameHashCodeAs(identity("\u00e4rger"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "/subscriptions/s/resourceGroups/g",
        "subscriptions/s/resourceGroups/g/providers/p/t/n",
        "/subscriptions//resourceGroups/g/providers/p/t/n",
        "/subscriptions/s/resourceGroups//providers/p/t/n",
        "/subscriptions/s/resourceGroups/g/providers/p/t/",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n/",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n/t2/n2",
        " /subscriptions/s/resourceGroups/g/providers/p/t/n",
        "/subscriptions/s/resourceGroups/g/h/providers/p/t/n",
        "/subscriptions/s,/resourceGroups/g/providers/p/t/n",
        "/subscriptions/s/resourceGroups/./providers/p/t/n",
        "/subscriptions/s/resourceGroups/../providers/p/t/n",
        "/subscriptions/s/resourceGroups/g/providers/../t/n",
        "/subscriptions/s/resourceGroups/g/providers/p/t/..",
        "/subscriptions/s/resourceGroups/g /providers/p/t/n",
        "/subscriptions/s/resourceGroups/g/providers/p,p/t/n",
        "/subscriptions/s/resourceGroups/g/providers/p/t /n",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n,",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n ",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n\n",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n\u00a0",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n\u200b",
        "/subscriptions/s/resourceGroups/g/providers/p/t/n%20",
        "/subscriptions/s/resourceGroups/g\u0130/providers/p/t/n",
      })
  void otherFormsAreRefused(String text) {
    assertThatThrownBy(() -> new ResourceId(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a resource ID of the form");
  }

  @Test
  void onlyAManagedIdentityIsOne() {
    assertThat(new ResourceId(IDENTITY).isUserAssignedIdentity()).isTrue();
    assertThat(
            ResourceId.of("s", "g", "Microsoft.Compute", "userAssignedIdentities", "n")
                .isUserAssignedIdentity())
        .isFalse();
    assertThat(
            ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "virtualMachines", "n")
                .isUserAssignedIdentity())
        .isFalse();
    assertThat(identity("\u212aubelet").isUserAssignedIdentity()).isFalse();
  }

  private static ResourceId identity(String name) {
    return ResourceId.of("s", "g", "Microsoft.ManagedIdentity", "userAssignedIdentities", name);
  }
}
