package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.address;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets whose token. The waits are in {@link TokenBrokerWaitTest}. */
class TokenBrokerTest {
  private static final String ARM = "https://management.azure.com/";
  private static final Pod WEB =
      pod("shop/web").bindingLabel("app").label("tier", "web").address("10.0.0.7").build();
  private static final Pod JOB = pod("shop/job").bindingLabel("job").address("10.0.0.8").build();
  private static final AzureIdentity X = identity("shop/x");
  private static final AzureIdentity Y = identity("shop/y");

  private final InMemoryNode node = new InMemoryNode();
  private final StubTokens tokens = new StubTokens();
  private final ManualTimer timer = new ManualTimer();
  private final TokenBroker broker =
      new TokenBroker(
          node,
          OperationMode.standard(node, Set::of, false),
          Exemptions.of(node),
          tokens,
          HoldPolicy.DEFAULT,
          timer);

  @Test
  void podThatAsksIsTold() {
    node.put(WEB);
    node.put(JOB);

    assertThat(broker.podOf(new Caller.ByAddress(address("10.0.0.8")))).isCompletedWithValue(JOB);
    assertThat(broker.podOf(new Caller.OnBehalfOf(WEB.name()))).isCompletedWithValue(WEB);
  }

  @Test
  void whatIsAtHandIsAnsweredOnTheCallersThread() {
    node.put(WEB);
    node.put(record(WEB, X).build());

    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));

    assertThat(answer).isCompleted();
    assertThat(answer.join())
        .isEqualTo(
            new TokenGrant(
                WEB.name(),
                clientId("x"),
                tokensOf("shop/x for " + ARM),
                X.name(),
                null,
                TokenGrant.Right.BOUND,
                false));
    assertThat(tokens.threads).containsExactly(Thread.currentThread());
    assertNothingLeft();
  }

  @Test
  void twoPodsGetTwoIdentities() {
    node.put(WEB);
    node.put(JOB);
    node.put(record(WEB, X).build());
    node.put(record(JOB, Y).build());

    assertThat(broker.request(requestFrom("10.0.0.7")).join().tokens())
        .isEqualTo(tokensOf("shop/x for " + ARM));
    assertThat(broker.request(requestFrom("10.0.0.8")).join().tokens())
        .isEqualTo(tokensOf("shop/y for " + ARM));
  }

  @Test
  void thePodsIdentityIsTheOnlyOneItCanName() {
    node.put(WEB);
    node.put(JOB);
    node.put(record(WEB, X).build());
    node.put(record(JOB, Y).build());

    IdentityChoice others = new IdentityChoice(clientId("y"), null);
    CompletableFuture<TokenGrant> answer =
        broker.request(new TokenRequest(new Caller.ByAddress(address("10.0.0.7")), others, ARM));
    timer.advance(HoldPolicy.DEFAULT.untilAssigned());

    assertRefused(answer, ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(tokens.queries).isEmpty();
  }

  @Test
  void authorisationIsAskedForEachTime() {
    node.put(WEB);
    node.put(record(WEB, X).build());
    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompleted();

    node.remove(record(WEB, X).build());

    assertThat(broker.request(requestFrom("10.0.0.7"))).isNotDone();
  }

  @Test
  void anExemptPodGetsTheNodesIdentityAndTheOneItNames() {
    node.put(WEB);
    node.put(record(WEB, X).build());
    node.put(new PodExemption(name("shop/e"), Map.of("tier", "WEB")));
    IdentityChoice named = new IdentityChoice(clientId("kubelet"), null);

    TokenGrant any = broker.request(requestFrom("10.0.0.7")).join();
    TokenGrant one =
        broker
            .request(new TokenRequest(new Caller.ByAddress(address("10.0.0.7")), named, ARM))
            .join();

    assertThat(any.clientId()).isNull();
    assertThat(one.clientId()).isEqualTo(clientId("kubelet"));
    assertThat(tokens.queries)
        .containsExactly(
            new TokenQuery(new TokenQuery.OfNode(IdentityChoice.ANY), ARM),
            new TokenQuery(new TokenQuery.OfNode(named), ARM));
  }

  @Test
  void aGrantTellsTheResourceIdByWhichAnExemptPodNamedTheNodesIdentity() {
    node.put(WEB);
    node.put(new PodExemption(name("shop/e"), Map.of("tier", "web")));
    IdentityChoice named = new IdentityChoice(null, "/subscriptions/s/Kubelet");

    TokenGrant any = broker.request(requestFrom("10.0.0.7")).join();
    TokenGrant one =
        broker
            .request(new TokenRequest(new Caller.ByAddress(address("10.0.0.7")), named, ARM))
            .join();

    assertThat(any.resourceId()).isNull();
    assertThat(one.resourceId()).isEqualTo("/subscriptions/s/Kubelet");
    assertThat(one.clientId()).isNull();
  }

  @Test
  void noOtherPodEverGetsTheNodesIdentity() {
    node.put(new PodExemption(name("shop/e"), Map.of("tier", "db")));
    node.put(new PodExemption(name("other/e"), Map.of("tier", "web")));
    node.put(WEB);
    node.put(pod("shop/plain").address("10.0.0.9").build());
    node.put(pod("kube-system/host").hostNetwork().address("10.0.0.10").build());

    for (String address : List.of("10.0.0.7", "10.0.0.9", "10.0.0.10", "10.0.0.11")) {
      CompletableFuture<TokenGrant> answer = broker.request(requestFrom(address));
      timer.advance(HoldPolicy.DEFAULT.untilAssigned());
      assertThat(answer).isCompletedExceptionally();
    }
    assertThat(tokens.queries).isEmpty();
  }

  @Test
  void whoAsksOnBehalfOfAPodNeverGetsTheNodesIdentity() {
    node.put(WEB);
    node.put(new PodExemption(name("shop/e"), Map.of("tier", "web")));
    node.put(record(WEB, X).build());

    assertThat(broker.request(onBehalfOf("shop/web")).join().clientId()).isEqualTo(clientId("x"));
    assertThat(tokens.queries).containsExactly(new TokenQuery(new TokenQuery.Bound(X), ARM));
  }

  @Test
  void aPodOfAnotherNodeCannotBeAskedFor() {
    CompletableFuture<TokenGrant> answer = broker.request(onBehalfOf("shop/elsewhere"));
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
    assertThat(node.subscriptions()).isZero();
  }

  @Test
  void aPodWithoutTheLabelIsRefusedAtOnce() {
    node.put(pod("shop/plain").address("10.0.0.9").build());

    assertRefused(broker.request(requestFrom("10.0.0.9")), ErrorReason.POD_NOT_BOUND);
    assertNothingLeft();
  }

  @Test
  void aHostNetworkPodIsNotRecognisedByItsNodesAddress() {
    Pod host = pod("shop/host").bindingLabel("app").hostNetwork().address("10.0.0.1").build();
    node.put(host);
    node.put(record(host, X).build());

    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.1"));
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
  }

  @ParameterizedTest
  @EnumSource(names = {"TOKEN_REFUSED", "TOKEN_UNAVAILABLE", "IDENTITY_INVALID"})
  void aFailedFetchIsTheAnswer(ErrorReason reason) {
    node.put(WEB);
    node.put(record(WEB, X).build());
    PodIdentityException failure = new PodIdentityException(reason, "no token");
    tokens.answer = query -> CompletableFuture.failedFuture(new CompletionException(failure));

    assertRefused(broker.request(requestFrom("10.0.0.7")), reason);
    assertThatThrownBy(() -> broker.requestBlocking(requestFrom("10.0.0.7"))).isSameAs(failure);
    assertNothingLeft();
  }

  @Test
  void aFetchThatFailsLaterIsTheAnswer() {
    node.put(WEB);
    node.put(record(WEB, X).build());
    CompletableFuture<List<AccessToken>> fetch = new CompletableFuture<>();
    tokens.answer = query -> fetch;
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.7"));
    assertThat(answer).isNotDone();

    fetch.completeExceptionally(
        new PodIdentityException(ErrorReason.TOKEN_UNAVAILABLE, "try later"));

    assertRefused(answer, ErrorReason.TOKEN_UNAVAILABLE);
  }

  @Test
  void anErrorAnywhereFailsTheRequestAndNothingElse() {
    node.put(WEB);
    node.put(record(WEB, X).build());
    tokens.answer =
        query -> {
          throw new IllegalStateException("broken fetcher");
        };
    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompletedExceptionally();

    tokens.answer =
        query -> {
          throw new StackOverflowError();
        };
    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompletedExceptionally();

    tokens.answer = query -> CompletableFuture.completedFuture(List.of());
    assertThat(broker.request(requestFrom("10.0.0.7"))).isCompletedExceptionally();
    assertNothingLeft();
  }

  @Test
  void anErrorOfADirectoryFailsTheRequest() {
    InMemoryNode empty = new InMemoryNode();
    TokenBroker overBroken =
        new TokenBroker(
            new BrokenPods(),
            OperationMode.standard(empty, Set::of, false),
            Exemptions.of(empty),
            tokens,
            HoldPolicy.DEFAULT,
            timer);

    assertThat(overBroken.request(requestFrom("10.0.0.7"))).isCompletedExceptionally();
    assertThat(overBroken.request(onBehalfOf("shop/web"))).isCompletedExceptionally();
  }

  static TokenRequest requestFrom(String digits) {
    return new TokenRequest(new Caller.ByAddress(address(digits)), IdentityChoice.ANY, ARM);
  }

  private static TokenRequest onBehalfOf(String pod) {
    return new TokenRequest(new Caller.OnBehalfOf(name(pod)), IdentityChoice.ANY, ARM);
  }

  private static List<AccessToken> tokensOf(String value) {
    return List.of(io.podidentity.api.fixture.Samples.token(value, java.time.Instant.EPOCH));
  }

  static void assertRefused(CompletableFuture<TokenGrant> answer, ErrorReason reason) {
    assertThat(answer).isCompletedExceptionally();
    assertThat(answer.handle((grant, error) -> error).join())
        .isInstanceOfSatisfying(
            PodIdentityException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private void assertNothingLeft() {
    assertThat(node.subscriptions()).isZero();
    assertThat(timer.pending()).isZero();
  }
}
