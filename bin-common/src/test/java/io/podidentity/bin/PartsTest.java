package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final List<String> closed = new ArrayList<>();
  private final Parts parts = new Parts();

  @Test
  void closesTheLastFirstAndGoesOnAfterAFailure() {
    parts.add(() -> closed.add("first"));
    parts.add(
        () -> {
          throw new IllegalStateException("stuck");
        });
    parts.add(() -> closed.add("last"));

    parts.close();

    assertThat(closed).containsExactly("last", "first");
  }

  @Test
  void closesEachOnce() {
    parts.add(() -> closed.add("one"));

    parts.close();
    parts.close();

    assertThat(closed).containsExactly("one");
  }

  @Test
  void closesAtOnceWhatComesTooLate() {
    parts.close();

    parts.add(() -> closed.add("late"));

    assertThat(closed).containsExactly("late");
  }
}
