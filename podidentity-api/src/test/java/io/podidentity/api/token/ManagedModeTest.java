package io.podidentity.api.token;

import static io.podidentity.api.fixture.PodBuilder.pod;
import static io.podidentity.api.fixture.Samples.binding;
import static io.podidentity.api.fixture.Samples.clientId;
import static io.podidentity.api.fixture.Samples.identity;
import static io.podidentity.api.fixture.Samples.identityId;
import static io.podidentity.api.fixture.Samples.name;
import static io.podidentity.api.fixture.Samples.unusable;
import static io.podidentity.api.token.TokenBrokerTest.assertRefused;
import static io.podidentity.api.token.TokenBrokerTest.requestFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.fixture.InMemoryNode;
import io.podidentity.api.fixture.ManualTimer;
import io.podidentity.api.fixture.Samples;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.IdentityBinding;
import io.podidentity.api.model.IdentityChoice;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.model.Pod;
import io.podidentity.api.model.PodExemption;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.BindingDirectory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets whose token in managed mode. */
class ManagedModeTest {
  private static final String ADDRESS = "10.0.0.7";
  private static final Pod WEB = pod("shop/web").bindingLabel("app").address(ADDRESS).build();
  private static final AzureIdentity X = identity("shop/x");

  private final InMemoryNode node = new InMemoryNode();
  private final Bindings cluster = new Bindings();
  private final StubTokens tokens = new StubTokens();
  private final ManualTimer timer = new ManualTimer();
  private final TokenBroker broker =
      new TokenBroker(
          node,
          OperationMode.managed(cluster),
          Exemptions.of(node),
          tokens,
          HoldPolicy.DEFAULT,
          timer);

  @BeforeEach
  void putPod() {
    node.put(WEB);
  }

  @Test
  void aPodGetsWhatIsBoundToItWithoutARecord() {
    cluster.bind(X, "app");

    assertThat(broker.request(requestFrom(ADDRESS)).join().clientId()).isEqualTo(clientId("x"));
    assertThat(tokens.queries)
        .extracting(TokenQuery::subject)
        .containsExactly(new TokenQuery.Bound(X));
  }

  @Test
  void theFirstByNameIsChosenWhateverTheOrder() {
    cluster.bind(identity("shop/z"), "app");
    cluster.bind(unusable("shop/a"), "app");
    cluster.bind(X, "app");

    assertThat(broker.request(requestFrom(ADDRESS)).join().clientId()).isEqualTo(clientId("x"));
  }

  @Test
  void theOneThatIsNamedIsChosenInAnyLetterCase() {
    cluster.bind(identity("shop/a"), "app");
    cluster.bind(X, "app");
    ClientId upper = new ClientId(clientId("x").value().toUpperCase(Locale.ROOT));
    String lower = identityId("x").value().toLowerCase(Locale.ROOT);

    assertThat(ask(new IdentityChoice(upper, null)).join().clientId()).isEqualTo(clientId("x"));
    assertThat(ask(new IdentityChoice(null, lower)).join().clientId()).isEqualTo(clientId("x"));
  }

  @Test
  void whatIsNotBoundToThePodIsRefusedAtOnce() {
    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);

    cluster.bind(X, "other");
    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);

    cluster.bind(identity("shop/y"), "app");
    assertRefused(ask(new IdentityChoice(clientId("x"), null)), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertNothingGiven();
  }

  /** In v1 it has the label's value "", which an empty selector equals. */
  @Test
  void aPodWithoutTheLabelMatchesNothing() {
    node.put(pod("shop/plain").address("10.0.0.9").build());
    node.put(pod("shop/empty").bindingLabel("").address("10.0.0.10").build());
    cluster.bind(X, "");

    assertRefused(broker.request(requestFrom("10.0.0.9")), ErrorReason.POD_NOT_BOUND);
    assertRefused(broker.request(requestFrom("10.0.0.10")), ErrorReason.POD_NOT_BOUND);
    assertNothingGiven();
  }

  @Test
  void podBindingAndIdentityAreOfOneNamespace() {
    cluster.bind(identity("apps/x"), "app");
    cluster.bindings.add(binding("apps/to-shop", "x", "app"));
    cluster.bindings.add(binding("shop/to-apps", "only-in-apps", "app"));
    cluster.identities.add(identity("apps/only-in-apps"));

    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingGiven();
  }

  /** A directory that shows too much must not open what a namespace closes. */
  @Test
  void theRulesDoNotRelyOnTheDirectory() {
    cluster.careless = true;
    cluster.bind(identity("apps/x"), "other");
    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);

    cluster.bindings.add(binding("shop/careless", "y", "app"));
    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingGiven();
  }

  @Test
  void aBindingOfAnotherNamespaceOrWithAnotherSelectorBindsNothingWhateverTheDirectoryShows() {
    cluster.careless = true;
    cluster.identities.add(X);
    cluster.bindings.add(binding("apps/to-shop", "x", "app"));
    cluster.bindings.add(binding("shop/to-others", "x", "other"));

    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);
    assertNothingGiven();
  }

  @Test
  void anIdentityThatCannotBeUsedIsNamed() {
    cluster.bind(unusable("shop/a"), "app");

    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_INVALID);
  }

  @Test
  void aBindingThatNamesNoIdentityBindsNothing() {
    cluster.bindings.add(binding("shop/to-none", "", "app"));

    assertRefused(broker.request(requestFrom(ADDRESS)), ErrorReason.IDENTITY_NOT_BOUND);

    cluster.bind(X, "app");
    assertThat(broker.request(requestFrom(ADDRESS)).join().clientId()).isEqualTo(clientId("x"));
  }

  /** There are no records that say which of them are on the node: any may be. */
  @Test
  void anExemptPodIsGivenNoIdentityThatAnObjectDescribesUnlessItIsBoundToIt() {
    node.put(new PodExemption(name("shop/e"), Map.of(IdentityBinding.POD_LABEL, "app")));
    cluster.bind(X, "app");
    cluster.bind(identity("apps/y"), "other");
    IdentityChoice y = new IdentityChoice(clientId("y"), null);
    IdentityChoice yByResource = new IdentityChoice(null, identityId("y").value());

    assertRefused(ask(y), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertRefused(ask(yByResource), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(tokens.queries).isEmpty();
    // Its own, and what no object describes.
    tokens.answer = query -> token("e30." + encoded("{\"appid\":\"of-nobody\"}") + ".c2ln");
    assertThat(ask(new IdentityChoice(clientId("x"), null))).isCompleted();
    assertThat(ask(new IdentityChoice(clientId("kubelet"), null))).isCompleted();
    tokens.answer =
        query -> token("e30." + encoded("{\"appid\":\"" + clientId("y").value() + "\"}") + ".c2ln");
    assertRefused(ask(IdentityChoice.ANY), ErrorReason.IDENTITY_NOT_ALLOWED);
    assertThat(tokens.queries)
        .extracting(TokenQuery::subject)
        .hasOnlyElementsOfType(TokenQuery.OfNode.class);
  }

  private static String encoded(String claims) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
  }

  private static CompletableFuture<List<AccessToken>> token(String value) {
    return CompletableFuture.completedFuture(List.of(Samples.token(value, Instant.EPOCH)));
  }

  private CompletableFuture<TokenGrant> ask(IdentityChoice choice) {
    TokenRequest any = requestFrom(ADDRESS);
    return broker.request(new TokenRequest(any.caller(), choice, any.resource()));
  }

  private void assertNothingGiven() {
    assertThat(tokens.queries).isEmpty();
    assertThat(node.subscriptions()).isZero();
    assertThat(timer.pending()).isZero();
  }

  private static final class Bindings implements BindingDirectory {
    final List<IdentityBinding> bindings = new ArrayList<>();
    final List<AzureIdentity> identities = new ArrayList<>();
    boolean careless;

    void bind(AzureIdentity identity, String selector) {
      identities.add(identity);
      bindings.add(
          binding("%s-%s".formatted(identity.name(), "b"), identity.name().name(), selector));
    }

    @Override
    public List<IdentityBinding> bindings(String namespace, String selector) {
      return bindings.stream()
          .filter(
              binding ->
                  careless
                      || (binding.name().namespace().equals(namespace)
                          && binding.selector().equals(selector)))
          .toList();
    }

    @Override
    public Set<String> describedIds() {
      return identities.stream()
          .flatMap(identity -> identity.managedIds().stream())
          .collect(Collectors.toSet());
    }

    @Override
    public Optional<AzureIdentity> identity(NamespacedName name) {
      return identities.stream()
          .filter(identity -> careless || identity.name().equals(name))
          .findAny();
    }
  }
}
