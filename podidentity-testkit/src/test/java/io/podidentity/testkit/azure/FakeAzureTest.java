package io.podidentity.testkit.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FakeAzureTest {
  private final FakeAzure azure =
      new FakeAzure(MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z")));

  @Test
  void keysIgnoreCaseAndTextIsKept() {
    azure.createIdentity(Ids.identity("One"));
    azure.createCompute(Ids.VM);
    assertThat(azure.identity(Ids.identity("oNE")).orElseThrow().id().text())
        .isEqualTo(Ids.identity("One"));
    assertThat(azure.compute(Ids.VM.toLowerCase(Locale.ROOT)).orElseThrow().id().text())
        .isEqualTo(Ids.VM);
    assertThat(azure.removeCompute(Ids.VM.toUpperCase(Locale.ROOT))).isTrue();
    assertThat(azure.removeIdentity(Ids.identity("ONE"))).isTrue();
    assertThat(azure.computes()).isEmpty();
  }

  @Test
  void idsOfOtherTypesAreRefused() {
    assertThatThrownBy(() -> azure.createIdentity(Ids.VM)).hasMessageContaining(Ids.VM);
    assertThatThrownBy(() -> azure.createCompute(Ids.identity("x")))
        .hasMessageContaining("virtual machine or scale set");
    assertThatThrownBy(() -> azure.createCompute("/subscriptions/s"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> azure.attach(Ids.VM))
        .hasMessageContaining("no virtual machine or scale set");
  }

  @Test
  void attachingTwiceChangesNothing() {
    UserAssignedIdentity one = azure.createIdentity(Ids.identity("one"));
    azure.createCompute(Ids.VM);
    azure.attach(Ids.VM, one, one);
    assertThat(azure.compute(Ids.VM).orElseThrow().identity().user()).containsExactly(one);
  }

  @Test
  void tokensAreToldApartFromForgeries() {
    FakeTokens.Subject subject = new FakeTokens.Subject("c", "p", null);
    String token = azure.tokens().issue(subject, "aud", Duration.ofHours(1)).token();
    assertThat(azure.tokens().verify(token)).isPresent();
    String signed = token.substring(0, token.lastIndexOf('.'));
    assertThat(azure.tokens().verify(signed + ".AAAA")).isEmpty();
    assertThat(azure.tokens().verify("nonsense")).isEmpty();
    assertThatThrownBy(() -> FakeTokens.claimsOf("a.b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesOfManyThreadsToOneResourceAreAllKept() throws Exception {
    azure.createCompute(Ids.VM);
    List<UserAssignedIdentity> identities =
        IntStream.range(0, 200)
            .mapToObj(i -> azure.createIdentity(Ids.identity("id" + i)))
            .toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> writes =
          identities.stream().<Callable<Boolean>>map(identity -> () -> write(identity)).toList();
      int done = 0;
      for (Future<Boolean> write : threads.invokeAll(writes)) {
        done += write.get() ? 1 : 0;
      }
      Compute vm = azure.compute(Ids.VM).orElseThrow();
      assertThat(done).isEqualTo(200);
      assertThat(vm.identity().user()).hasSize(200);
      assertThat(vm.version()).isEqualTo(201);
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean write(UserAssignedIdentity identity) {
    try {
      ComputeWrite write =
          new ComputeWrite(null, Duration.ZERO, () -> null, block -> block.with(identity));
      return azure.begin(ArmId.parse(Ids.VM), write).status().equals("Succeeded");
    } catch (ArmException conflict) {
      return false;
    }
  }
}
