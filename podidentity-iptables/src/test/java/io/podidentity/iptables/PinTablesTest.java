package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The commands for nft, to the letter. */
final class PinTablesTest {

  private static final PodSource VETH = PodSource.routed("veth1");
  private static final PodSource PORT = new PodSource("cbr0", "veth2", "0a:58:0a:f4:00:02");
  private final PinTables tables = new PinTables("pins", "169.254.169.254", 2579);

  @Test
  void bothTablesAreMadeInOneTransaction() {
    assertThat(tables.text())
        .isEqualTo(
            """
            add table ip pins { flags owner;
              set sources { typeof iifname . ip saddr; };
              set pinned { typeof ip saddr; counter; };
              chain prerouting { type filter hook prerouting priority -310; policy accept;
                ip daddr 169.254.169.254 goto check; };
              chain input { type filter hook input priority -310; policy accept;
                tcp dport 2579 goto check; };
              chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; };
            add table bridge pins { flags owner;
              set sources { typeof iifname . ip saddr; };
              set pinned { typeof ip saddr; counter; };
              set ports { typeof iifname; };
              set stations { typeof iifname . ether saddr; };
              set held { typeof ether saddr; };
              chain prerouting { type filter hook prerouting priority -310; policy accept;
                iifname @ports jump port;
                meta protocol ip ip daddr 169.254.169.254 goto check;
                meta protocol ip tcp dport 2579 goto check; };
              chain port {
                meta protocol { 8021q, 8021ad } drop;
                iifname . ether saddr != @stations ether saddr @held drop;
                meta protocol arp iifname . arp saddr ip != @sources arp saddr ip @pinned drop; };
              chain check { iifname . ip saddr @sources accept; ip saddr @pinned drop; }; }
            """);
    assertThat(tables.creation()).isEqualTo(tables.text().strip().replaceAll("\\n *", " "));
  }

  @Test
  void whatChangedIsChangedInOneLineAndNothingElse() {
    PinnedSources before = pins(Map.of("10.0.0.1", VETH));
    assertThat(tables.update(before, before)).isEmpty();
    assertThat(
            tables.update(pins(Map.of("10.0.0.2", VETH)), pins(Map.of("10.0.0.2", PORT), "veth2")))
        .isEqualTo(
            "delete element ip pins sources { \"veth1\" . 10.0.0.2 };"
                + " add element bridge pins ports { \"veth2\" };"
                + " add element ip pins sources { \"cbr0\" . 10.0.0.2 };"
                + " add element bridge pins pinned { 10.0.0.2 };"
                + " add element bridge pins sources { \"veth2\" . 10.0.0.2 };"
                + " add element bridge pins stations { \"veth2\" . 0a:58:0a:f4:00:02 };"
                + " add element bridge pins held { 0a:58:0a:f4:00:02 }");
    assertThat(tables.update(before, PinnedSources.NONE))
        .isEqualTo(
            "delete element ip pins sources { \"veth1\" . 10.0.0.1 };"
                + " delete element ip pins pinned { 10.0.0.1 }");
  }

  @Test
  void portsOfOtherPodsOnTheBridgeComeAndGoByThemselves() {
    Map<String, PodSource> place = Map.of("10.0.0.1", PORT);
    assertThat(tables.update(pins(place, "veth2"), pins(place, "veth2", "veth3")))
        .isEqualTo("add element bridge pins ports { \"veth3\" }");
  }

  private static PinnedSources pins(Map<String, PodSource> places, String... ports) {
    return new PinnedSources(places, Set.of(ports));
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
