package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The commands for nft, to the letter. */
final class PinTablesTest {

  private static final PodSource VETH = new PodSource("veth1", "");
  private final PinTables tables = new PinTables("pins", "169.254.169.254", 2579, false);

  @Test
  void bothTablesAreMadeInOneTransaction() {
    assertThat(tables.creation())
        .isEqualTo(
            "add table ip pins { flags owner; set sources { type ifname . ipv4_addr; };"
                + " set pinned { type ipv4_addr; counter; };"
                + " chain prerouting { type filter hook prerouting priority -310; policy accept;"
                + " ip daddr 169.254.169.254 goto check;"
                + " fib daddr type local tcp dport 2579 goto check; };"
                + " chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; };"
                + " add table bridge pins { flags owner; set sources { type ifname . ipv4_addr; };"
                + " set pinned { type ipv4_addr; counter; };"
                + " chain prerouting { type filter hook prerouting priority -310; policy accept;"
                + " meta protocol ip ip daddr 169.254.169.254 goto check;"
                + " meta protocol ip tcp dport 2579 goto check; };"
                + " chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; }");
  }

  @Test
  void whatChangedIsChangedAndNothingElse() {
    Map<String, PodSource> before = Map.of("10.0.0.1", VETH, "10.0.0.2", VETH);
    Map<String, PodSource> after =
        Map.of("10.0.0.1", VETH, "10.0.0.2", new PodSource("cbr0", "veth2"));
    assertThat(tables.update(before, before)).isEmpty();
    assertThat(tables.update(before, after))
        .isEqualTo(
            "delete element ip pins sources { \"veth1\" . 10.0.0.2 };"
                + " add element ip pins sources { \"cbr0\" . 10.0.0.2 };"
                + " add element bridge pins sources { \"veth2\" . 10.0.0.2 }");
    assertThat(tables.update(Map.of("10.0.0.1", VETH), Map.of()))
        .isEqualTo(
            "delete element ip pins sources { \"veth1\" . 10.0.0.1 };"
                + " delete element ip pins pinned { 10.0.0.1 };"
                + " delete element bridge pins pinned { 10.0.0.1 }");
  }

  @Test
  void countersOfBothTablesAreAddedUp() {
    assertThat(
            PinTables.dropped(
                List.of(
                    "elements = { 10.0.0.1 counter packets 2 bytes 120,",
                    "10.0.0.2 counter packets 0 bytes 0 }",
                    "elements = { 10.0.0.1 counter packets 3 bytes 180 }")))
        .containsOnly(Map.entry("10.0.0.1", 5L), Map.entry("10.0.0.2", 0L));
  }
}
