package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TransactionTest {

  private static final OwnChain CHAIN = RedirectRules.DEFAULT.chain();

  private static final List<RuleSpec> RULES = CHAIN.rules().stream().map(RuleSpec::parse).toList();

  private static final TableState IN_PLACE = state(1, Optional.empty());

  @Test
  void rulesAreMadeInOneTransaction() {
    assertThat(ensure(TableState.EMPTY))
        .isEqualTo(
            """
            *nat
            :aad-metadata - [0:0]
            -A aad-metadata ! -s 127.0.0.1/32 -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j \
            DNAT --to-destination 127.0.0.1:2579
            -A aad-metadata -j RETURN
            -I PREROUTING 1 -j aad-metadata
            COMMIT
            """);
  }

  @Test
  void rulesInPlaceNeedNothing() {
    assertThat(Transaction.toEnsure(CHAIN, IN_PLACE, true)).isEmpty();
  }

  @Test
  void missingJumpLeavesTheChainAlone() {
    assertThat(ensure(state(0, Optional.empty())))
        .isEqualTo("*nat\n-I PREROUTING 1 -j aad-metadata\nCOMMIT\n");
  }

  @Test
  void severalJumpsBecomeOneAtTheFirstPlace() {
    assertThat(ensure(state(3, Optional.empty())))
        .isEqualTo(
            """
            *nat
            -D PREROUTING -j aad-metadata
            -D PREROUTING -j aad-metadata
            -D PREROUTING -j aad-metadata
            -I PREROUTING 1 -j aad-metadata
            COMMIT
            """);
  }

  @Test
  void jumpIsMovedBeforeARuleThatCouldTakeItsPacketsIfItMay() {
    TableState shadowed = state(1, Optional.of("-j OTHER"));
    assertThat(ensure(shadowed))
        .isEqualTo(
            """
            *nat
            -D PREROUTING -j aad-metadata
            -I PREROUTING 1 -j aad-metadata
            COMMIT
            """);
    assertThat(Transaction.toEnsure(CHAIN, shadowed, false)).isEmpty();
  }

  @Test
  void rulesInTheWrongOrderAreReplaced() {
    TableState reversed =
        new TableState(
            true, List.of(RULES.get(1), RULES.get(0)), 1, List.of(), Optional.empty(), List.of());
    assertThat(ensure(reversed)).startsWith("*nat\n:aad-metadata - [0:0]\n-A aad-metadata");
  }

  @Test
  void removalTakesWhatLeadsToTheChainFirst() {
    TableState found =
        new TableState(
            true,
            RULES,
            1,
            List.of("PREROUTING -j aad-metadata", "OUTPUT -o lo -g aad-metadata"),
            Optional.empty(),
            List.of());
    assertThat(Transaction.toRemove(CHAIN, found))
        .hasValueSatisfying(
            change ->
                assertThat(change.text())
                    .isEqualTo(
                        """
                        *nat
                        -D PREROUTING -j aad-metadata
                        -D OUTPUT -o lo -g aad-metadata
                        -F aad-metadata
                        -X aad-metadata
                        COMMIT
                        """));
  }

  @Test
  void nothingToRemoveNeedsNothing() {
    assertThat(Transaction.toRemove(CHAIN, TableState.EMPTY)).isEmpty();
  }

  private static String ensure(TableState found) {
    return Transaction.toEnsure(CHAIN, found, true).orElseThrow().text();
  }

  private static TableState state(int jumps, Optional<String> taker) {
    return new TableState(true, RULES, jumps, List.of(), taker, List.of());
  }
}
