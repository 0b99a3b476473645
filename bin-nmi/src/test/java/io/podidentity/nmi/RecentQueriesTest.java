package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.PodIdentityException;
import org.junit.jupiter.api.Test;

class RecentQueriesTest {
  private final RecentQueries queries = new RecentQueries();

  @Test
  void sameTextIsReadOnce() {
    String raw = "resource=a+b&client_id=1";
    QueryParameters first = queries.read(raw);

    String equal = new String(raw.toCharArray());
    assertThat(equal).isNotSameAs(raw);
    assertThat(queries.read(equal)).isSameAs(first);
    assertThat(first.get("resource")).isEqualTo("a b");
  }

  @Test
  void otherTextIsReadAnewWhereverItIsKept() {
    // Both have the same hash.
    assertThat("resource=Aa".hashCode()).isEqualTo("resource=BB".hashCode());

    for (int i = 0; i < 2; i++) {
      assertThat(queries.read("resource=Aa").get("resource")).isEqualTo("Aa");
      assertThat(queries.read("resource=BB").get("resource")).isEqualTo("BB");
    }
    for (int i = 0; i < 10 * RecentQueries.KEPT; i++) {
      assertThat(queries.read("resource=" + i).get("resource")).isEqualTo("" + i);
    }
  }

  @Test
  void whatIsRefusedIsRefusedAgain() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> queries.read("a=1&a=2")).isInstanceOf(PodIdentityException.class);
    }
  }

  @Test
  void longOnesAreNotKept() {
    String raw = "resource=" + "x".repeat(1000);

    assertThat(queries.read(raw)).isEqualTo(queries.read(raw)).isNotSameAs(queries.read(raw));
  }
}
