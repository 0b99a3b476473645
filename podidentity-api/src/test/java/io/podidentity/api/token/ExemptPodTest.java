package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.RecordBuilder.record;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.token;
import static io.podidentity.api.token.TokenBrokerTest.assertRefused;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.PodBuilder;
import io.podidentity.api.matching.MicPods;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.IdentityDirectory;
import io.podidentity.api.spi.ReplicaSetDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The named branch: which pods are given the node's identities, and which of those. */
class ExemptPodTest {
  private static final String AGENT_ADDRESS = "10.0.0.5";
  private static final Pod AGENT =
      pod("shop/agent").label("app", "agent").address(AGENT_ADDRESS).build();
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address("10.0.0.7").build();
  private static final AzureIdentity X = identity("shop/x");
  private static final IdentityChoice KUBELET = new IdentityChoice(clientId("kubelet"), null);
  private static final IdentityChoice X_BY_CLIENT = new IdentityChoice(clientId("x"), null);
  private static final IdentityChoice X_BY_RESOURCE =
      new IdentityChoice(null, identityId("x").value());

  private final InMemoryNode node = new InMemoryNode();
  private final StubTokens tokens = new StubTokens();
  private final ManualTimer timer = new ManualTimer();
  private final ReplicaSets replicaSets = new ReplicaSets();
  private final Exemptions.Mic mic =
      new Exemptions.Mic(new MicPods("default", "mic-account"), replicaSets);

  @BeforeEach
  void putPods() {
    node.put(AGENT);
    node.put(new PodExemption(name("shop/e"), Map.of("app", "agent")));
    node.put(WEB);
    // The metadata service answers with the identity that is named, or with the node's own.
    tokens.answer =
        query -> {
          IdentityChoice choice = ((TokenQuery.OfNode) query.subject()).choice();
          return gives(jwt("\"appid\":\"%s\"".formatted(clientOf(choice))));
        };
  }

  @Test
  void itIsGivenTheNodesIdentityAndTheOneItNames() {
    node.put(record(WEB, X).build());

    assertThat(ask(IdentityChoice.ANY)).isCompleted();
    TokenGrant grant = ask(KUBELET).join();
    assertThat(grant.clientId()).isEqualTo(clientId("kubelet"));
    assertThat(grant.right()).isEqualTo(TokenGrant.Right.EXEMPT);
    assertThat(grant.identity()).isNull();
    IdentityChoice byResource = new IdentityChoice(null, identityId("kubelet").value());
    assertThat(ask(byResource)).isCompleted();
    assertThat(tokens.queries)
        .extracting(TokenQuery::subject)
        .containsExactly(
            new TokenQuery.OfNode(IdentityChoice.ANY),
            new TokenQuery.OfNode(KUBELET),
            new TokenQuery.OfNode(byResource));
  }

  @Test
  void itIsNotGivenAnIdentityThatARecordPutOnTheNodeForAnotherPod() {
    for (AssignmentState state : AssignmentState.values()) {
      node.put(record(WEB, X).state(state).build());

      assertRefused(ask(X_BY_CLIENT), ErrorReason.IDENTITY_NOT_ALLOWED);
      assertRefused(ask(X_BY_RESOURCE), ErrorReason.IDENTITY_NOT_ALLOWED);
    }
    node.put(record(WEB, X).terminating().build());
    assertRefused(ask(X_BY_CLIENT), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(tokens.queries).as("nothing is fetched for it").isEmpty();
  }

  @Test
  void letterCaseOpensNothing() {
    node.put(record(WEB, X).build());
    String upper = clientId("x").value().toUpperCase(Locale.ROOT);
    String upperId = identityId("x").value().toUpperCase(Locale.ROOT);

    assertRefused(
        ask(new IdentityChoice(new ClientId(upper), null)), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertRefused(ask(new IdentityChoice(null, upperId)), ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  @Test
  void oneOfTwoNamesIsEnoughToBeRefused() {
    node.put(record(WEB, X).build());

    assertRefused(
        ask(new IdentityChoice(clientId("kubelet"), identityId("x").value())),
        ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  /** The metadata service is asked by the client ID alone. */
  @Test
  void aTokenOfAnotherIdentityThanTheResourceIdNamesIsNotHandedOut() {
    String kubelet = identityId("kubelet").value();
    IdentityChoice both = new IdentityChoice(clientId("kubelet"), kubelet);
    assertThat(ask(both)).as("a token that does not tell a resource ID").isCompleted();
    tokens.answer = query -> gives(jwt("\"xms_mirid\":\"%s\"".formatted(kubelet)));
    assertThat(ask(both)).isCompleted();

    String other = identityId("other").value();
    tokens.answer = query -> gives(jwt("\"xms_mirid\":\"%s\"".formatted(other)));

    assertRefused(ask(both), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(ask(KUBELET)).as("who does not name one").isCompleted();
  }

  /**
   * Without a name, and where a machine has one identity and none of its own, the metadata service
   * answers with that one.
   */
  @Test
  void aTokenThatTurnsOutToBeAnothersIsNotHandedOut() {
    node.put(record(WEB, X).build());

    tokens.answer = query -> gives(jwt("\"appid\":\"%s\"".formatted(clientId("x").value())));
    assertRefused(ask(IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);

    // A record with a client ID that is not the identity's: the resource ID tells.
    String id = identityId("x").value().toUpperCase(Locale.ROOT).replace("/", "\\/");
    tokens.answer = query -> gives(jwt("\"appid\":\"other\",\"xms_mirid\":\"%s\"".formatted(id)));
    assertRefused(ask(KUBELET), ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  @Test
  void aTokenThatDoesNotTellWhoseItIsIsHandedOutOnlyIfThereAreNoOthers() {
    for (String token : WITHOUT_OWNER) {
      tokens.answer = query -> gives(token);
      assertThat(ask(IdentityChoice.ANY)).isCompleted();
    }
    node.put(record(WEB, X).build());
    for (String token : WITHOUT_OWNER) {
      tokens.answer = query -> gives(token);
      assertRefused(ask(IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);
    }
  }

  @Test
  void aRecordThatComesWhileTheTokenIsFetchedCounts() {
    CompletableFuture<List<io.podidentity.api.model.AccessToken>> fetch = new CompletableFuture<>();
    tokens.answer = query -> fetch;
    CompletableFuture<TokenGrant> answer = ask(IdentityChoice.ANY);

    node.put(record(WEB, X).build());
    fetch.complete(gives(jwt("\"appid\":\"%s\"".formatted(clientId("x").value()))).join());

    assertRefused(answer, ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  /** A scale set has the identities of all its nodes' pods; a node knows its own records only. */
  @Test
  void itIsNotGivenAnIdentityThatIsAssignedForPodsOfOtherNodes() {
    AzureIdentity elsewhere = identity("apps/elsewhere");
    IdentityDirectory identities =
        () -> Set.copyOf(Stream.of(X, elsewhere).flatMap(i -> i.managedIds().stream()).toList());
    TokenBroker scaleSet =
        broker(OperationMode.standard(node, identities, false), Exemptions.of(node));
    node.put(record(AGENT, X).build());

    assertRefused(
        ask(scaleSet, AGENT_ADDRESS, new IdentityChoice(clientId("elsewhere"), null)),
        ErrorReason.IDENTITY_NOT_ALLOWED);
    assertRefused(
        ask(scaleSet, AGENT_ADDRESS, new IdentityChoice(null, identityId("elsewhere").value())),
        ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(tokens.queries).isEmpty();
    tokens.answer =
        query -> gives(jwt("\"appid\":\"%s\"".formatted(clientId("elsewhere").value())));
    assertRefused(
        ask(scaleSet, AGENT_ADDRESS, IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);
    tokens.answer = query -> gives(jwt("\"appid\":\"of-the-node\""));
    assertThat(ask(scaleSet, AGENT_ADDRESS, IdentityChoice.ANY)).isCompleted();
    assertThat(ask(scaleSet, AGENT_ADDRESS, X_BY_CLIENT)).as("its own").isCompleted();
  }

  /** It runs on a thread that serves all pods, and any pod may be exempt. */
  @Test
  void howManyIdentitiesThereAreDoesNotMatter() {
    Set<String> known = new HashSet<>(X.managedIds());
    IntStream.range(0, 1000).forEach(i -> known.addAll(identity("apps/i" + i).managedIds()));
    AtomicInteger steps = new AtomicInteger();
    Set<String> many =
        new AbstractSet<>() {
          @Override
          public boolean contains(Object id) {
            return known.contains(id);
          }

          @Override
          public Iterator<String> iterator() {
            return known.stream().peek(id -> steps.incrementAndGet()).iterator();
          }

          @Override
          public int size() {
            return known.size();
          }
        };
    TokenBroker crowded =
        broker(OperationMode.standard(node, () -> many, false), Exemptions.of(node));
    node.put(record(AGENT, X).build());
    int own = X.managedIds().size();

    assertThat(ask(crowded, AGENT_ADDRESS, KUBELET)).isCompleted();
    assertThat(ask(crowded, AGENT_ADDRESS, X_BY_RESOURCE)).isCompleted();
    assertRefused(
        ask(crowded, AGENT_ADDRESS, new IdentityChoice(clientId("i7"), null)),
        ErrorReason.IDENTITY_NOT_ALLOWED);
    tokens.answer = query -> gives(jwt("\"appid\":\"%s\"".formatted(clientId("i8").value())));
    assertRefused(
        ask(crowded, AGENT_ADDRESS, IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);
    tokens.answer = query -> gives("opaque");
    assertRefused(
        ask(crowded, AGENT_ADDRESS, IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);

    assertThat(steps.get()).isLessThanOrEqualTo(5 * (own + 1));
  }

  /** Before the first list, any may be another's. */
  @Test
  void untilTheIdentitiesAreKnownItIsRefusedWithAReasonThatIsRetried() {
    IdentityDirectory notYet =
        () -> {
          throw new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "not yet");
        };
    TokenBroker early = broker(OperationMode.standard(node, notYet, false), Exemptions.of(node));

    assertRefused(ask(early, AGENT_ADDRESS, KUBELET), ErrorReason.CLUSTER_UNAVAILABLE);
    assertThat(tokens.queries).isEmpty();
  }

  @Test
  void anIdentityThatIsBoundToItTooIsNotClosedToIt() {
    node.put(record(WEB, X).build());
    node.put(record(AGENT, X).build());

    assertThat(ask(X_BY_CLIENT)).isCompleted();
    assertThat(ask(X_BY_RESOURCE)).isCompleted();
  }

  @Test
  void theRecordOfAnEarlierPodOfItsNameIsAnothers() {
    node.put(record(AGENT, X).podUid("earlier").build());

    assertRefused(ask(X_BY_CLIENT), ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  @Test
  void byFlagItIsGivenAnyAsInVersionOne() {
    node.put(record(WEB, X).build());
    TokenBroker open = broker(new Exemptions(node, null, true));

    assertThat(ask(open, AGENT_ADDRESS, X_BY_CLIENT)).isCompleted();
    assertThat(ask(open, AGENT_ADDRESS, X_BY_RESOURCE)).isCompleted();
    tokens.answer = query -> gives("opaque");
    assertThat(ask(open, AGENT_ADDRESS, IdentityChoice.ANY)).isCompleted();
  }

  @Test
  void micIsRecognisedAndGivenWhatItAsksFor() {
    node.put(record(WEB, X).build());
    replicaSets.live.add("rs-uid");
    node.put(micPod().build());

    assertThat(askAsMic(IdentityChoice.ANY)).isCompleted();
    assertThat(askAsMic(KUBELET).join().right()).isEqualTo(TokenGrant.Right.MIC);
    // It could put this one on the node anyhow.
    assertThat(askAsMic(X_BY_CLIENT)).isCompleted();
  }

  @Test
  void whoOnlyResemblesMicIsNotTakenForIt() {
    replicaSets.live.add("rs-uid");
    replicaSets.live.add("other-uid");
    List<PodBuilder> impostors =
        List.of(
            pod("default/mic-1").serviceAccount("mic-account"),
            micPod().serviceAccount("default"),
            micPod().controller("ReplicaSet", "mic-5c7", "gone-uid"),
            micPod().controller("ReplicaSet", "microservice-1", "rs-uid"),
            micPod().controller("ReplicaSet", "mic-5c7", ""),
            micPod().controller("StatefulSet", "mic-5c7", "rs-uid"),
            pod("shop/mic-5c7-x")
                .serviceAccount("mic-account")
                .controller("ReplicaSet", "mic-5c7", "rs-uid"));
    for (PodBuilder impostor : impostors) {
      Pod pod = impostor.address("10.0.0.6").build();
      node.put(pod);

      assertRefused(askAsMic(KUBELET), ErrorReason.POD_NOT_BOUND);
      node.remove(pod);
    }
    assertThat(tokens.queries).isEmpty();
  }

  @Test
  void withoutAServiceAccountToGoByNoPodIsMics() {
    replicaSets.live.add("rs-uid");
    node.put(micPod().serviceAccount("").build());
    TokenBroker blind =
        broker(
            new Exemptions(
                node, new Exemptions.Mic(new MicPods("default", ""), replicaSets), false));

    assertRefused(ask(blind, "10.0.0.6", KUBELET), ErrorReason.POD_NOT_BOUND);
  }

  @Test
  void aClaimIsCheckedOnceInAWhile() {
    replicaSets.live.add("rs-uid");
    node.put(micPod().build());
    for (int i = 0; i < 20; i++) {
      assertThat(askAsMic(KUBELET)).isCompleted();
    }
    assertThat(replicaSets.asked).hasSize(1);

    replicaSets.live.clear();
    timer.advance(ExemptPods.REMEMBERED);

    assertRefused(askAsMic(KUBELET), ErrorReason.POD_NOT_BOUND);
    timer.advance(ExemptPods.REMEMBERED);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void aClaimThatCannotBeCheckedIsRefusedWithAReasonThatIsRetried() {
    replicaSets.error =
        new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "connection refused");
    node.put(micPod().build());
    assertRefused(askAsMic(KUBELET), ErrorReason.CLUSTER_UNAVAILABLE);

    // Exempt it is anyway, if an object says so, and as far as that goes.
    node.put(record(WEB, X).build());
    node.put(new PodExemption(name("default/e"), Map.of("app", "mic")));
    node.put(micPod().label("app", "mic").build());
    assertThat(askAsMic(KUBELET)).isCompleted();
    assertRefused(askAsMic(X_BY_CLIENT), ErrorReason.IDENTITY_NOT_ALLOWED);
  }

  @Test
  void whoAsksWhileAClaimCannotBeCheckedIsAnswered() {
    replicaSets.broken = new NoClassDefFoundError("a part of the client");
    node.put(micPod().build());

    assertThat(askAsMic(KUBELET)).isCompletedExceptionally();
    assertThat(askAsMic(KUBELET)).as("the next one").isCompletedExceptionally();
  }

  private static PodBuilder micPod() {
    return pod("default/mic-5c7-x")
        .serviceAccount("mic-account")
        .controller("ReplicaSet", "mic-5c7", "rs-uid")
        .address("10.0.0.6");
  }

  private CompletableFuture<TokenGrant> ask(IdentityChoice choice) {
    return ask(broker(Exemptions.of(node)), AGENT_ADDRESS, choice);
  }

  private CompletableFuture<TokenGrant> askAsMic(IdentityChoice choice) {
    return ask(micBroker, "10.0.0.6", choice);
  }

  private static CompletableFuture<TokenGrant> ask(
      TokenBroker broker, String address, IdentityChoice choice) {
    TokenRequest any = requestFrom(address);
    return broker.request(new TokenRequest(any.caller(), choice, any.resource()));
  }

  private final TokenBroker micBroker = broker(new Exemptions(node, mic, false));

  private TokenBroker broker(Exemptions exemptions) {
    return broker(OperationMode.standard(node, Set::of, false), exemptions);
  }

  private TokenBroker broker(OperationMode mode, Exemptions exemptions) {
    return new TokenBroker(node, mode, exemptions, tokens, HoldPolicy.DEFAULT, timer);
  }

  /** Not readable, or readable and without the claims that tell. */
  private static final List<String> WITHOUT_OWNER =
      List.of("opaque", "a.b", "a.!.c", "a.bm90IGpzb24.c", "a.e30.c", jwt("\"oid\":\"o\""));

  private static String clientOf(IdentityChoice choice) {
    ClientId clientId = choice.clientId();
    return clientId == null ? clientId("of-the-node").value() : clientId.value();
  }

  private static CompletableFuture<List<io.podidentity.api.model.AccessToken>> gives(String value) {
    return CompletableFuture.completedFuture(List.of(token(value, Instant.EPOCH)));
  }

  private static String jwt(String claims) {
    String json = "{\"aud\":\"https://management.azure.com/\"," + claims + "}";
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  private static final class ReplicaSets implements ReplicaSetDirectory {
    final List<String> live = new ArrayList<>();
    final List<NamespacedName> asked = new ArrayList<>();
    PodIdentityException error;
    Error broken;

    @Override
    public CompletableFuture<Boolean> isLive(NamespacedName name, String uid) {
      if (broken != null) {
        throw broken;
      }
      asked.add(name);
      return error == null
          ? CompletableFuture.completedFuture(name.name().equals("mic-5c7") && live.contains(uid))
          : CompletableFuture.failedFuture(error);
    }
  }
}
