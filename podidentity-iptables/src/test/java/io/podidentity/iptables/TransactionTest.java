package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TransactionTest {

  private static final OwnChain CHAIN = RedirectRules.DEFAULT.chain();

  private static final List<RuleSpec> RULES = CHAIN.rules().stream().map(RuleSpec::parse).toList();

  private static final TableState IN_PLACE =
      new TableState(true, RULES, true, 1, List.of("PREROUTING -j aad-metadata"));

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
    assertThat(Transaction.toEnsure(CHAIN, IN_PLACE)).isEmpty();
  }

  @Test
  void missingJumpLeavesTheChainAlone() {
    assertThat(ensure(new TableState(true, RULES, false, 0, List.of())))
        .isEqualTo("*nat\n-I PREROUTING 1 -j aad-metadata\nCOMMIT\n");
  }

  @Test
  void severalJumpsBecomeOneAtTheFirstPlace() {
    assertThat(ensure(new TableState(true, RULES, true, 3, List.of())))
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
  void rulesInTheWrongOrderAreReplaced() {
    TableState reversed =
        new TableState(true, List.of(RULES.get(1), RULES.get(0)), true, 1, List.of());
    assertThat(ensure(reversed)).startsWith("*nat\n:aad-metadata - [0:0]\n-A aad-metadata");
  }

  @Test
  void removalTakesWhatLeadsToTheChainFirst() {
    TableState found =
        new TableState(
            true,
            RULES,
            true,
            1,
            List.of("PREROUTING -j aad-metadata", "OUTPUT -o lo -g aad-metadata"));
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
    return Transaction.toEnsure(CHAIN, found).orElseThrow().text();
  }
}
