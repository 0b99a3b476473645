package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.process.ManagedProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token that a pod gets; {@link TokenStatusIT} is about the answers without one. */
@EndToEnd
final class PodTokenIT {

  private static final Duration SOON = Duration.ofSeconds(20);

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

  /** {@code --audit-tokens}; that no line has a secret in it is for {@link SecretsInLogsIT}. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void eachTokenIsALineOfTheAuditLog(String format, EndToEndCluster cluster, Scene scene) {
    boolean json = format.equals("json");
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", json ? cluster.firstInstance() : cluster.vm(), orders);
    ManagedProcess nmi = cluster.nmi(pod.node()).process();

    String token = TokenAnswer.of(pod.askForToken()).token();
    String fetched = nmi.awaitLine(auditLine(json, pod, orders, false), SOON);
    TokenAnswer.of(pod.askForToken());
    String cached = nmi.awaitLine(auditLine(json, pod, orders, true), SOON);

    assertThat(fetched + cached).doesNotContain(token, orders.clientId());
  }

  /** A whole line. */
  private static Pattern auditLine(
      boolean json, TestPod pod, BoundIdentity identity, boolean cached) {
    String id = identity.clientId();
    String message =
        "token request pod=%s/%s remote=%s:\\d+ status=200 clientid=%s##### REDACTED #####%s"
                .formatted(
                    pod.namespace(),
                    pod.name(),
                    pod.address(),
                    id.substring(0, 4),
                    id.substring(id.length() - 4))
            + " identity=%s/%s resource=https://management.azure.com/ cached=%s cause=bound"
                .formatted(pod.namespace(), identity.name(), cached);
    return Pattern.compile(
        (json
                ? "^\\{\"ts\":[0-9.]+,\"level\":\"info\",\"logger\":\"audit\",\"msg\":\"%s\",\"v\":0}$"
                : "^\\S+Z INFO  audit - %s$")
            .formatted(message));
  }
}
