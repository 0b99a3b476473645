package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.token.TokenBrokerTest.assertRefused;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualClock;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.QueuedExecutor;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What was true when a request came may not be when its token is there: the answer goes to an
 * address or a name, and these change hands.
 */
class AnswerAfterWaitTest {
  private static final String ADDRESS = "10.0.0.7";
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address(ADDRESS).build();
  private static final Pod NEXT = pod("shop/next").bindingLabel("app").address(ADDRESS).build();
  private static final Pod SUCCESSOR =
      pod("shop/web").uid("successor").bindingLabel("app").address(ADDRESS).build();
  private static final AzureIdentity X = identity("shop/x");
  private static final AzureIdentity W = identity("shop/w");
  private static final AssignedIdentity OF_WEB = record(WEB, X).podUid(null).build();

  private final InMemoryNode node = new InMemoryNode();
  private final StubTokens tokens = new StubTokens();
  private final List<CompletableFuture<List<AccessToken>>> fetches = new ArrayList<>();
  private final ManualTimer timer = new ManualTimer();
  private final TokenBroker broker = broker(tokens, Exemptions.of(node));

  @BeforeEach
  void aPodThatMayHaveX() {
    node.put(WEB);
    node.put(OF_WEB);
    tokens.answer =
        query -> {
          fetches.add(new CompletableFuture<>());
          return fetches.get(fetches.size() - 1);
        };
  }

  @Test
  void thePodThatAskedGetsWhatWasFetchedForIt() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    assertThat(answer).isNotDone();

    arrive(0);

    assertThat(answer.join().tokens()).isEqualTo(StubTokens.tokens(tokens.queries.get(0)));
    assertThat(fetches).hasSize(1);
    assertNothingLeft();
  }

  @Test
  void theNextOwnerOfTheAddressDoesNotGetIt() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    node.remove(WEB);
    node.put(NEXT);

    arrive(0);

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
    assertNothingLeft();
  }

  /** It may have the same identity, too: whoever asks under its name is not the one that asked. */
  @Test
  void theSuccessorOfTheSameNameDoesNotGetIt() {
    CompletableFuture<TokenGrant> byAddress = broker.request(requestFrom(ADDRESS));
    CompletableFuture<TokenGrant> byName =
        broker.request(
            new TokenRequest(
                new Caller.OnBehalfOf(WEB.name()), IdentityChoice.ANY, "https://vault.azure.net"));
    node.put(SUCCESSOR);

    arrive(0);
    arrive(1);

    assertRefused(byAddress, ErrorReason.POD_NOT_FOUND);
    assertRefused(byName, ErrorReason.POD_NOT_FOUND);
    assertNothingLeft();
  }

  @Test
  void anAddressThatIsNobodysAnyMoreGetsNothing() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    node.remove(WEB);

    arrive(0);
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
    assertNothingLeft();
  }

  @Test
  void aPodThatEndedMeanwhileGetsNothing() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    node.put(
        pod("shop/web")
            .bindingLabel("app")
            .address(ADDRESS)
            .phase(io.podidentity.api.model.PodPhase.SUCCEEDED)
            .build());

    arrive(0);
    timer.advance(HoldPolicy.DEFAULT.untilPodIsKnown());

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
  }

  @Test
  void anIdentityThatWasTakenFromThePodMeanwhileIsNotGiven() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    node.remove(OF_WEB);

    arrive(0);

    assertRefused(answer, ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingLeft();
  }

  /** As if it had come now: what was fetched is not what it would get. */
  @Test
  void anotherIdentityThatIsThePodsByThenIsFetched() {
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));
    node.put(record(WEB, W).build());

    arrive(0);
    assertThat(answer).isNotDone();
    arrive(1);

    assertThat(answer.join().clientId()).isEqualTo(clientId("w"));
    assertThat(tokens.queries)
        .extracting(TokenQuery::subject)
        .containsExactly(new TokenQuery.Bound(X), new TokenQuery.Bound(W));
    assertNothingLeft();
  }

  @Test
  void aPodThatIsExemptNoMoreDoesNotGetTheNodesToken() {
    node.put(new PodExemption(name("shop/e"), Map.of("app", "agent")));
    Pod agent = pod("shop/agent").label("app", "agent").address("10.0.0.5").build();
    node.put(agent);
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom("10.0.0.5"));
    node.put(pod("shop/agent").address("10.0.0.5").build());

    arrive(0);

    assertRefused(answer, ErrorReason.POD_NOT_BOUND);
    assertNothingLeft();
  }

  /** The wait for the ReplicaSet is one too, though the token is at hand then. */
  @Test
  void micsAddressIsLookedAtAgainAfterTheWaitForItsReplicaSet() {
    Pod mic =
        pod("default/mic-5c7-x")
            .serviceAccount("mic-account")
            .controller("ReplicaSet", "mic-5c7", "rs-uid")
            .address("10.0.0.6")
            .build();
    node.put(mic);
    CompletableFuture<Boolean> isLive = new CompletableFuture<>();
    tokens.answer = query -> CompletableFuture.completedFuture(StubTokens.tokens(query));
    TokenBroker withMic =
        broker(
            tokens,
            new Exemptions(
                node,
                new Exemptions.Mic(
                    new MicPods("default", "mic-account"), (replicaSet, uid) -> isLive),
                false));
    CompletableFuture<TokenGrant> answer = withMic.request(requestFrom("10.0.0.6"));
    node.remove(mic);
    node.put(pod("shop/next").bindingLabel("app").address("10.0.0.6").build());

    isLive.complete(true);

    assertRefused(answer, ErrorReason.POD_NOT_FOUND);
  }

  /** Found by a list, before the news of it: the address is not another's, it is not known. */
  @Test
  void aPodWhoseNewsAreLateGetsItsTokenWhenTheyCome() {
    node.remove(WEB);
    node.listsAre(() -> CompletableFuture.completedFuture(List.of(WEB)));
    CompletableFuture<TokenGrant> answer = broker.request(requestFrom(ADDRESS));

    arrive(0);
    assertThat(answer).isNotDone();
    node.put(WEB);

    assertThat(answer).isCompleted();
    assertThat(fetches).hasSize(1);
    timer.advance(SharedList.REST);
    assertNothingLeft();
  }

  /** Two pods wait for one fetch, which waits for its turn; one of them is replaced meanwhile. */
  @Test
  void ofThoseWhoShareAFetchEachIsLookedAtAgain() {
    Pod job = pod("shop/job").bindingLabel("app").address("10.0.0.8").build();
    node.put(job);
    node.put(record(job, X).build());
    QueuedExecutor executor = new QueuedExecutor();
    ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    FetchQueue queue =
        new FetchQueue(
            query ->
                List.of(
                    io.podidentity.api.fixture.Samples.token(
                        "token", clock.instant().plus(Duration.ofHours(1)))),
            executor,
            timer,
            clock,
            CacheFixture.NO_LIMITS,
            Telemetry.NOOP);
    TokenBroker cached =
        broker(
            new CachingTokenSource(queue, clock, timer, CacheBounds.of(10), Telemetry.NOOP),
            Exemptions.of(node));
    CompletableFuture<TokenGrant> replaced = cached.request(requestFrom(ADDRESS));
    CompletableFuture<TokenGrant> there = cached.request(requestFrom("10.0.0.8"));
    node.put(SUCCESSOR);

    assertThat(executor.queued()).isEqualTo(1);
    executor.runAll();

    assertRefused(replaced, ErrorReason.POD_NOT_FOUND);
    assertThat(there.join().pod()).isEqualTo(job.name());
  }

  private void arrive(int fetch) {
    fetches.get(fetch).complete(StubTokens.tokens(tokens.queries.get(fetch)));
  }

  private TokenBroker broker(TokenFetcher fetcher, Exemptions exemptions) {
    return new TokenBroker(
        node,
        OperationMode.standard(node, Set::of, false),
        exemptions,
        fetcher,
        HoldPolicy.DEFAULT,
        timer);
  }

  private void assertNothingLeft() {
    assertThat(node.subscriptions()).isZero();
    timer.advance(PodFinder.REMEMBERED);
    assertThat(timer.pending()).isZero();
  }
}
