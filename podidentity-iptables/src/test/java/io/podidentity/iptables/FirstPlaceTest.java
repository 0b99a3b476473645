package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another program that wants the first place of PREROUTING too. */
@RequiresRealPart(RealPart.NETWORK_NAMESPACES)
final class FirstPlaceTest {

  private static final String CALICO = "-I PREROUTING 1 -j cali-PREROUTING";

  private final AtomicLong seconds = new AtomicLong(1_000_000);

  @ParameterizedTest
  @EnumSource
  void jumpStaysBehindRulesThatCannotTakeItsPackets(Backend backend) {
    backend.require();
    try (NetworkNamespace node = NetworkNamespace.create("place")) {
      IptablesRedirect redirect = redirect(backend, node);
      redirect.ensure();
      backend.iptables(node, "-N cali-PREROUTING");
      backend.iptables(node, "-A cali-PREROUTING -d 10.9.9.9 -j DNAT --to-destination 10.244.0.5");
      backend.iptables(node, CALICO);
      assertThat(redirect.ensure()).isFalse();
      assertThat(first(backend, node)).isEqualTo("-A PREROUTING -j cali-PREROUTING");
    }
  }

  @ParameterizedTest
  @EnumSource
  void placeThatIsTakenAgainAndAgainIsAskedForEverLess(Backend backend) {
    backend.require();
    try (NetworkNamespace node = NetworkNamespace.create("place")) {
      IptablesRedirect redirect = redirect(backend, node);
      redirect.ensure();
      backend.iptables(node, "-N cali-PREROUTING");
      backend.iptables(node, "-A cali-PREROUTING -p tcp -j ACCEPT");
      List<Long> moves = new ArrayList<>();
      // The other program is back at once, each time; we look every 10 s for 20 minutes.
      for (int at = 0; at <= 1200; at += 10) {
        if (!first(backend, node).contains("cali")) {
          takeFirstPlace(backend, node);
        }
        if (redirect.ensure()) {
          moves.add((long) at);
        }
        seconds.addAndGet(10);
      }
      assertThat(moves).containsExactly(0L, 60L, 180L, 420L, 900L);
      // After a long rest it is asked for at once again.
      seconds.addAndGet(1_000_000);
      takeFirstPlace(backend, node);
      assertThat(redirect.ensure()).isTrue();
      assertThat(first(backend, node)).isEqualTo("-A PREROUTING -j aad-metadata");
    }
  }

  private IptablesRedirect redirect(Backend backend, NetworkNamespace node) {
    return new IptablesRedirect(
        RedirectRules.DEFAULT,
        BackendChoice.of(backend.kind(), Backend.programs(node)),
        Duration.ofSeconds(60),
        () -> Duration.ofSeconds(seconds.get()).toNanos());
  }

  private static void takeFirstPlace(Backend backend, NetworkNamespace node) {
    if (backend.list(node).contains("-A PREROUTING -j cali-PREROUTING")) {
      backend.iptables(node, "-D PREROUTING -j cali-PREROUTING");
    }
    backend.iptables(node, CALICO);
  }

  private static String first(Backend backend, NetworkNamespace node) {
    return backend.list(node).stream()
        .filter(rule -> rule.startsWith("-A PREROUTING"))
        .findFirst()
        .orElse("");
  }
}
