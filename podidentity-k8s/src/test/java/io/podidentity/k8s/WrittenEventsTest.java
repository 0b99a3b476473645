package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.podidentity.k8s.WrittenEvents.Written;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WrittenEventsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final WrittenEvents events = new WrittenEvents();

  /** Were they forgotten, each try would write all of them anew, for as long as Azure is away. */
  @Test
  void asManyAsMayWaitAreKnownAgain() {
    for (int i = 0; i < EventQueue.MOST_WARNINGS; i++) {
      events.put(about("web-" + i), written(i));
    }

    for (int i = 0; i < EventQueue.MOST_WARNINGS; i++) {
      assertThat(events.get(about("web-" + i))).isEqualTo(written(i));
    }
  }

  @Test
  void thoseThatWereAskedForLeastLatelyAreForgotten() {
    events.put(about("asked"), written(0));
    events.put(about("unasked"), written(0));
    for (int i = 0; i < WrittenEvents.REMEMBERED - 1; i++) {
      events.put(about("web-" + i), written(0));
      events.get(about("asked"));
    }

    assertThat(events.get(about("asked"))).isNotNull();
    assertThat(events.get(about("unasked"))).isNull();
  }

  @Test
  void whatSaysAnythingElseIsAnother() {
    EventLog.Entry told = new EventLog.Entry(binding("b"), "Warning", "r", "m", Map.of("k", "v"));
    events.put(told, written(0));

    assertThat(events.get(new EventLog.Entry(binding("c"), "Warning", "r", "m", Map.of("k", "v"))))
        .isNull();
    assertThat(events.get(new EventLog.Entry(binding("b"), "Normal", "r", "m", Map.of("k", "v"))))
        .isNull();
    assertThat(events.get(new EventLog.Entry(binding("b"), "Warning", "s", "m", Map.of("k", "v"))))
        .isNull();
    assertThat(events.get(new EventLog.Entry(binding("b"), "Warning", "r", "n", Map.of("k", "v"))))
        .isNull();
    assertThat(events.get(new EventLog.Entry(binding("b"), "Warning", "r", "m"))).isNull();
    assertThat(events.get(new EventLog.Entry(binding("b"), "Warning", "r", "m", Map.of("k", "v"))))
        .isEqualTo(written(0));
  }

  /** As of two pods of one ReplicaSet. */
  @Test
  void textsOfOneHashCodeAreTwo() {
    assertThat("an").hasSameHashCodeAs("c0");
    events.put(about("an"), written(0));

    assertThat(events.get(about("c0"))).isNull();
  }

  private static Written written(int number) {
    return new Written("event." + number, 1, NOW);
  }

  private static EventLog.Entry about(String pod) {
    return new EventLog.Entry(binding("b"), "Warning", "binding apply error", "for pod " + pod);
  }

  private static ObjectReference binding(String name) {
    return new ObjectReferenceBuilder()
        .withKind("AzureIdentityBinding")
        .withNamespace("default")
        .withName(name)
        .withUid("uid-of-" + name)
        .build();
  }
}
