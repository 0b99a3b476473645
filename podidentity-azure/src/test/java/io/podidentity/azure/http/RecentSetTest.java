package io.podidentity.azure.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RecentSetTest {
  private final RecentSet<String> set = new RecentSet<>(2);

  @Test
  void memberIsNewOnce() {
    assertThat(set.contains("a")).isFalse();
    assertThat(set.add("a")).isTrue();
    assertThat(set.add("a")).isFalse();
    assertThat(set.contains("a")).isTrue();
  }

  @Test
  void whatCameFirstIsForgottenFirst() {
    set.add("a");
    set.add("b");
    set.add("a");
    set.add("c");

    assertThat(set.contains("a")).isFalse();
    assertThat(set.contains("b")).isTrue();
    assertThat(set.contains("c")).isTrue();
  }
}
