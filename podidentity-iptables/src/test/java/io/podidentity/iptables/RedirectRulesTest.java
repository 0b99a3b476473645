package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedirectRulesTest {

  @Test
  void defaultRulesAreThoseOfV1ToTheByte() {
    assertThat(RedirectRules.DEFAULT.lines())
        .containsExactly(
            "-N aad-metadata",
            "-A PREROUTING -j aad-metadata",
            "-A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j"
                + " DNAT --to-destination 127.0.0.1:2579",
            "-A aad-metadata -j RETURN");
  }

  @Test
  void everyPartOfTheTargetIsTaken() {
    assertThat(new RedirectRules("10.0.0.1", 8080, "169.254.25.79", 2580).lines())
        .contains(
            "-A aad-metadata ! -s 169.254.25.79/32 -d 10.0.0.1/32 -p tcp -m tcp --dport 8080 -j"
                + " DNAT --to-destination 169.254.25.79:2580");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "::1",
        "1.2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.0.0.1",
        "01.2.3.4",
        "1.2.3.4/8",
        "1.2.3.4\n",
        "1.2.3.4 -j ACCEPT"
      })
  void whatIsNoAddressIsRefusedByName(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedirectRules(address, 80, "127.0.0.1", 2579))
        .withMessageStartingWith("metadataAddress");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedirectRules("169.254.169.254", 80, address, 2579))
        .withMessageStartingWith("nmiAddress");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65536})
  void whatIsNoPortIsRefusedByName(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedirectRules("169.254.169.254", port, "127.0.0.1", 2579))
        .withMessageStartingWith("metadataPort");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RedirectRules("169.254.169.254", 80, "127.0.0.1", port))
        .withMessageStartingWith("nmiPort");
  }
}
