package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGrowthTest {
  private long used = 30L << 20;
  private int collected;
  private final HeapGrowth growth =
      new HeapGrowth(
          () -> used,
          () -> {
            collected++;
            used = 40L << 20;
          });

  @Test
  void collectsWhenTheHeapHasGrownFar() {
    growth.look();
    used += HeapGrowth.MOST;
    growth.look();
    assertThat(collected).isZero();

    used++;
    growth.look();
    assertThat(collected).isEqualTo(1);
  }

  @Test
  void countsFromWhatIsLeft() {
    growth.look();
    used += HeapGrowth.MOST + 1;
    growth.look();

    used += HeapGrowth.MOST;
    growth.look();
    assertThat(collected).isEqualTo(1);

    used++;
    growth.look();
    assertThat(collected).isEqualTo(2);
  }

  @Test
  void countsFromWhatTheCollectorLeftByItself() {
    used = 200L << 20;
    growth.look();
    used = 50L << 20;
    growth.look();
    used += HeapGrowth.MOST + 1;
    growth.look();

    assertThat(collected).isEqualTo(1);
  }
}
