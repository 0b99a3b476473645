package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class EndpointsLockTest {
  private static final Instant SEEN = Instant.parse("2026-01-01T00:00:00.5Z");
  private static final Duration LASTING = Duration.ofSeconds(15);

  private final EndpointsLock lock = new EndpointsLock(new KubernetesSerialization());

  /** The text is as upstream's MIC leaves it, with the names of client-go's JSON tags. */
  @Test
  void recordOfV1IsRead() {
    Endpoints endpoints =
        withLeader(
            """
            {"holderIdentity":"mic-7f9c-x2","leaseDurationSeconds":15,\
            "acquireTime":"2022-03-01T10:00:00Z","renewTime":"2022-03-01T10:05:03Z",\
            "leaderTransitions":4}""");

    assertThat(lock.read(endpoints, SEEN, Duration.ofSeconds(1)))
        .isEqualTo(
            new LeaderRecord(
                "mic-7f9c-x2",
                LASTING,
                Instant.parse("2022-03-01T10:00:00Z"),
                Instant.parse("2022-03-01T10:05:03Z"),
                4));
  }

  @Test
  void recordIsWrittenAsV1WritesIt() {
    Endpoints endpoints = withLeader("");
    endpoints.getMetadata().getAnnotations().put("of", "others");

    lock.write(endpoints, new LeaderRecord("me", LASTING, SEEN, SEEN.plusSeconds(60), 5));

    assertThat(endpoints.getMetadata().getAnnotations())
        .containsEntry("of", "others")
        .containsEntry(
            EndpointsLock.ANNOTATION,
            "{\"holderIdentity\":\"me\",\"leaseDurationSeconds\":15,"
                + "\"acquireTime\":\"2026-01-01T00:00:00Z\",\"renewTime\":\"2026-01-01T00:01:00Z\","
                + "\"leaderTransitions\":5}");
    assertThat(endpoints.getSubsets()).isNullOrEmpty();
  }

  @Test
  void objectWithoutALeaderIsFree() {
    assertThat(lock.read(new Endpoints(), SEEN, LASTING).holder()).isEmpty();
    assertThat(lock.read(withLeader("{}"), SEEN, LASTING).holder()).isEmpty();
  }

  @Test
  void recordThatCannotBeReadIsSomeonesForAsLongAsItDoesNotChange() {
    LeaderRecord record = lock.read(withLeader("{holder"), SEEN, LASTING);

    assertThat(record.holder()).isNotEmpty();
    assertThat(record.duration()).isEqualTo(LASTING);
  }

  private Endpoints withLeader(String record) {
    return lock.empty(
        new ObjectMetaBuilder()
            .withName("lock")
            .addToAnnotations(EndpointsLock.ANNOTATION, record)
            .build());
  }
}
