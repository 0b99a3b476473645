package io.podidentity.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.podidentity.api.spi.NodeRules;
import org.junit.jupiter.api.Test;

/** What {@link NodeRules} have to do. */
public abstract class NodeRulesContract {
  /** For subclasses. */
  protected NodeRulesContract() {}

  /** The rules of one node; as a process that starts anew makes them, on each call. */
  protected abstract NodeRules rules();

  /** All rules that the node has, ours and others', in a form that does not change by itself. */
  protected abstract String everything();

  /** Takes away, or changes, a part of what {@link NodeRules#ensure} wrote. */
  protected abstract void damage();

  /** Writes a rule that is somebody else's. */
  protected abstract void writeAnothers();

  @Test
  void rulesAreWrittenOnce() {
    String before = everything();

    assertThat(rules().ensure()).isTrue();
    String written = everything();
    assertThat(written).isNotEqualTo(before);

    NodeRules again = rules();
    assertThat(again.ensure()).isFalse();
    assertThat(again.ensure()).isFalse();
    assertThat(everything()).isEqualTo(written);
  }

  @Test
  void damagedRulesAreMended() {
    NodeRules rules = rules();
    rules.ensure();
    String written = everything();
    damage();
    assertThat(everything()).isNotEqualTo(written);

    assertThat(rules.ensure()).isTrue();

    assertThat(everything()).isEqualTo(written);
    assertThat(rules.ensure()).isFalse();
  }

  @Test
  void removedRulesLeaveNoTraceAndOthersRulesStay() {
    writeAnothers();
    String before = everything();
    rules().ensure();

    NodeRules rules = rules();
    rules.remove();
    assertThat(everything()).isEqualTo(before);

    rules.remove();
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void rulesThatAreNotThereAreRemovedWithoutAWord() {
    String before = everything();

    rules().remove();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void newsMayBeClosedTwice() {
    NodeRules.News news = rules().listen(() -> {});
    news.close();

    assertThatCode(news::close).doesNotThrowAnyException();
  }
}
