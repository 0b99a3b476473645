package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The token that a pod gets; {@link TokenStatusIT} is about the answers without one. */
@EndToEnd
final class PodTokenIT {

  /** v1 looks for the record every 5 s. */
  private static final Duration WELL_BEFORE_THE_NEXT_POLL = Duration.ofSeconds(2);

  @Test
  void everydayCurlInABoundPodPrintsATokenOfItsIdentity(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), orders);

    TokenAnswer answer = TokenAnswer.parse(pod.sh(TestPod.TOKEN_COMMAND));

    assertThat(answer.clientId()).isEqualTo(orders.clientId());
    assertThat(answer.member("resource")).isEqualTo("https://management.azure.com/");
    assertThat(answer.member("token_type")).isEqualTo("Bearer");
    assertThat(answer.member("refresh_token")).isEmpty();
    assertThat(Long.parseLong(answer.member("expires_in"))).isBetween(3600L, 86400L);
    assertThat(Instant.ofEpochSecond(Long.parseLong(answer.member("expires_on"))))
        .isAfter(Instant.ofEpochSecond(Long.parseLong(answer.member("not_before"))));
  }

  @Test
  void podsWithDifferentIdentitiesGetDifferentTokens(EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    BoundIdentity billing = scene.identity("billing");
    // On one node, so on one NMI with one cache and on one scale set that has both identities.
    TestPod ordersPod = scene.boundPod("orders", cluster.firstInstance(), orders);
    TestPod billingPod = scene.boundPod("billing", cluster.firstInstance(), billing);

    TokenAnswer ordersToken = TokenAnswer.of(ordersPod.askForToken());
    TokenAnswer billingToken = TokenAnswer.of(billingPod.askForToken());

    assertThat(ordersToken.clientId()).isEqualTo(orders.clientId());
    assertThat(billingToken.clientId()).isEqualTo(billing.clientId());
    assertThat(ordersToken.token()).isNotEqualTo(billingToken.token());
  }

  @Test
  void requestThatCameBeforeItsBindingIsAnsweredAsSoonAsTheIdentityIsAssigned(
      EndToEndCluster cluster, Scene scene) {
    BoundIdentity late = scene.identity("late");
    TestPod pod = scene.pod("late", cluster.firstInstance(), "late");

    try (HeldRequest request = HeldRequest.start(cluster, pod)) {
      scene.bind(late, "late");
      HeldRequest.Outcome outcome = request.await(scene.recordName(pod, late));

      assertThat(TokenAnswer.of(outcome.answer()).clientId()).isEqualTo(late.clientId());
      assertThat(outcome.assignedToAnswer()).isLessThan(WELL_BEFORE_THE_NEXT_POLL);
    }
  }
}
