package io.podidentity.api.federation;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.NamespacedName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FederatedCredentialTest {
  private static final String LONG = "a".repeat(63);

  @Test
  void plainNameIsReadable() {
    assertThat(credential("shop", "web").name()).isEqualTo("shop_web");
    assertThat(credential("shop", "web").subject()).isEqualTo("system:serviceaccount:shop:web");
  }

  /**
   * What Entra ID allows:
   * https://learn.microsoft.com/graph/api/resources/federatedidentitycredential.
   */
  @ParameterizedTest
  @CsvSource({"a, b", "shop, web.v2", "shop, ''", "'', ''"})
  void nameIsOneThatAzureAllows(String namespace, String suffix) {
    String account = suffix.isEmpty() ? "x".repeat(253) : suffix;
    String name = credential(namespace.isEmpty() ? LONG : namespace, account).name();

    assertThat(name).matches("[A-Za-z0-9][A-Za-z0-9_-]{2,119}");
  }

  @Test
  void differentAccountsHaveDifferentNames() {
    assertThat(credential("shop", "web.v2").name())
        .startsWith("shop_web-v2_")
        .isNotEqualTo(credential("shop", "web-v2").name())
        .isEqualTo(credential("shop", "web.v2").name());
    assertThat(credential("a-b", "c").name()).isNotEqualTo(credential("a", "b-c").name());
    assertThat(credential(LONG, "x".repeat(100) + "1").name())
        .isNotEqualTo(credential(LONG, "x".repeat(100) + "2").name());
  }

  private static FederatedCredential credential(String namespace, String name) {
    return new FederatedCredential(new NamespacedName(namespace, name));
  }
}
