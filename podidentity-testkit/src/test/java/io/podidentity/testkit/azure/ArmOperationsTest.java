package io.podidentity.testkit.azure;

import static io.podidentity.testkit.TestHttp.json;
import static io.podidentity.testkit.azure.ArmFixture.VERSION;
import static io.podidentity.testkit.azure.ArmFixture.add;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
class ArmOperationsTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private final ArmFixture azure = new ArmFixture();

  @AfterEach
  void stop() {
    azure.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202})
  void asyncOperationIsPolledUntilItSucceeds(int status) throws IOException {
    azure.arm.writes(Ids.VM, WriteBehaviour.asyncOperation(TEN_SECONDS).withStatus(status));

    HttpResponse<String> accepted = azure.patchIdentity(Ids.VM, "UserAssigned", add("One"));

    assertThat(accepted.statusCode()).isEqualTo(status);
    assertThat(accepted.headers().firstValue("Retry-After")).contains("1");
    assertThat(accepted.headers().firstValue("Location")).isEmpty();
    String url = accepted.headers().firstValue("Azure-AsyncOperation").orElseThrow();
    assertThat(url)
        .startsWith(
            azure.arm.uri()
                + "/subscriptions/"
                + Ids.SUBSCRIPTION
                + "/providers/Microsoft.Compute/locations/westeurope/operations/")
        .endsWith("?api-version=2019-07-01");
    HttpResponse<String> poll = azure.get(url);
    assertThat(poll.statusCode()).isEqualTo(200);
    assertThat(poll.headers().firstValue("Retry-After")).contains("1");
    assertThat(json(poll).path("status").asString()).isEqualTo("InProgress");
    assertThat(json(poll).has("endTime")).isFalse();

    azure.clock.advance(TEN_SECONDS);
    HttpResponse<String> done = azure.get(url);
    assertThat(json(done).path("status").asString()).isEqualTo("Succeeded");
    assertThat(json(done).path("endTime").asString()).isEqualTo("2020-07-29T00:00:10Z");
  }

  @Test
  void identityIsThereOnlyWhenTheOperationHasEnded() throws IOException {
    azure.arm.writes(WriteBehaviour.asyncOperation(TEN_SECONDS));
    HttpResponse<String> accepted = azure.patchIdentity(Ids.VMSS, "UserAssigned", add("One"));

    assertThat(json(accepted).at("/properties/provisioningState").asString()).isEqualTo("Updating");
    assertThat(json(accepted).has("identity")).isFalse();
    azure.clock.advance(TEN_SECONDS.minusMillis(1));
    assertThat(azure.identitiesOf(Ids.VMSS)).isEqualTo("None []");
    azure.clock.advance(Duration.ofMillis(1));
    assertThat(azure.identitiesOf(Ids.VMSS)).isEqualTo("UserAssigned [One]");
    assertThat(json(azure.get(Ids.VMSS + VERSION)).at("/properties/provisioningState").asString())
        .isEqualTo("Succeeded");
  }

  @Test
  void locationIsPolledUntilTheResourceIsThere() throws IOException {
    azure.arm.writes(WriteBehaviour.location(TEN_SECONDS).withRetryAfter(Duration.ofSeconds(3)));

    HttpResponse<String> accepted = azure.patchIdentity(Ids.VM, "UserAssigned", add("One"));

    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.body()).isEmpty();
    assertThat(accepted.headers().firstValue("Azure-AsyncOperation")).isEmpty();
    String url = accepted.headers().firstValue("Location").orElseThrow();
    HttpResponse<String> poll = azure.get(url);
    assertThat(poll.statusCode()).isEqualTo(202);
    assertThat(poll.headers().firstValue("Retry-After")).contains("3");
    assertThat(poll.headers().firstValue("Location")).contains(url);

    azure.clock.advance(TEN_SECONDS);
    HttpResponse<String> done = azure.get(url);
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(json(done).path("id").asString()).isEqualTo(Ids.VM);
  }

  @Test
  void asyncWriteOfNoDurationHasEndedAtOnce() throws IOException {
    azure.arm.writes(WriteBehaviour.asyncOperation(Duration.ZERO).withRetryAfter(null));
    HttpResponse<String> accepted = azure.patchIdentity(Ids.VM, "UserAssigned", add("One"));
    assertThat(accepted.headers().firstValue("Retry-After")).isEmpty();
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
    String url = accepted.headers().firstValue("Azure-AsyncOperation").orElseThrow();
    assertThat(json(azure.get(url)).path("status").asString()).isEqualTo("Succeeded");
  }

  @Test
  void secondWriteWhileOneIsInFlightIsAConflict() throws IOException {
    azure.arm.writes(WriteBehaviour.asyncOperation(TEN_SECONDS));
    azure.patchIdentity(Ids.VM, "UserAssigned", add("One"));

    HttpResponse<String> second = azure.patchIdentity(Ids.VM, "UserAssigned", add("Two"));
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(json(second).at("/error/code").asString()).isEqualTo("Conflict");
    assertThat(azure.patchIdentity(Ids.VMSS, "UserAssigned", add("Two")).statusCode())
        .as("another resource")
        .isEqualTo(200);

    azure.clock.advance(TEN_SECONDS);
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", add("Two")).statusCode()).isEqualTo(200);
    azure.clock.advance(TEN_SECONDS);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One, Two]");
  }

  @Test
  void resourceBeingDeletedTakesNoWrites() throws IOException {
    azure.azure.change(Ids.VMSS, found -> found.withProvisioningState("Deleting"));
    HttpResponse<String> answer = azure.patchIdentity(Ids.VMSS, "UserAssigned", add("One"));
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(json(answer).at("/error/code").asString()).isEqualTo("OperationNotAllowed");
    assertThat(json(answer).at("/error/message").asString())
        .contains("'aks-Pool' since the VM scale set is marked for deletion");
  }

  @Test
  void acceptedWriteThatFailsChangesNoIdentity() throws IOException {
    azure.arm.writes(WriteBehaviour.asyncOperation(TEN_SECONDS));
    azure.arm.failNextWrites(
        Ids.VM, 1, ArmError.of(409, "OperationPreempted", "Preempted by a newer operation."));
    String url =
        azure
            .patchIdentity(Ids.VM, "UserAssigned", add("One"))
            .headers()
            .firstValue("Azure-AsyncOperation")
            .orElseThrow();
    assertThat(json(azure.get(url)).has("error")).isFalse();
    azure.clock.advance(TEN_SECONDS);

    HttpResponse<String> poll = azure.get(url);
    assertThat(poll.statusCode()).isEqualTo(200);
    assertThat(json(poll).path("status").asString()).isEqualTo("Failed");
    assertThat(json(poll).at("/error/code").asString()).isEqualTo("OperationPreempted");
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("None []");
    assertThat(azure.azure.compute(Ids.VM).orElseThrow().provisioningState()).isEqualTo("Failed");

    azure.patchIdentity(Ids.VM, "UserAssigned", add("One"));
    azure.clock.advance(TEN_SECONDS);
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
  }

  @Test
  void failureIsSeenAtTheLocationToo() throws IOException {
    azure.arm.writes(WriteBehaviour.location(Duration.ZERO));
    azure.arm.failNextWrites(Ids.VM, 1, ArmError.of(400, "VMFailed", "It failed."));
    String url =
        azure
            .patchIdentity(Ids.VM, "UserAssigned", add("One"))
            .headers()
            .firstValue("Location")
            .orElseThrow();
    HttpResponse<String> poll = azure.get(url);
    assertThat(poll.statusCode()).isEqualTo(400);
    assertThat(json(poll).at("/error/code").asString()).isEqualTo("VMFailed");
  }

  @Test
  void synchronousWriteAnswersItsFailure() throws IOException {
    azure.arm.failNextWrites(Ids.VM, 1, ArmError.of(409, "OperationPreempted", "Preempted."));
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", add("One")).statusCode()).isEqualTo(409);
    assertThat(azure.patchIdentity(Ids.VM, "UserAssigned", add("One")).statusCode()).isEqualTo(200);
  }

  @Test
  void synchronousWriteHoldsItsAnswerAndTheResource() throws Exception {
    azure.arm.writes(WriteBehaviour.synchronous(Duration.ofMillis(300)));
    long start = System.nanoTime();
    CompletableFuture<Integer> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return azure.patchIdentity(Ids.VM, "UserAssigned", add("One")).statusCode();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    azure.arm.requests().await(1, Requests.matching("PATCH", "/virtualMachines/"), TEN_SECONDS);
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(295));
    assertThat(azure.identitiesOf(Ids.VM)).isEqualTo("UserAssigned [One]");
  }

  @Test
  void operationOfAResourceThatIsGoneIsNotFound() throws IOException {
    azure.arm.writes(WriteBehaviour.asyncOperation(TEN_SECONDS));
    String url =
        azure
            .patchIdentity(Ids.VM, "UserAssigned", add("One"))
            .headers()
            .firstValue("Azure-AsyncOperation")
            .orElseThrow();
    azure.azure.removeCompute(Ids.VM);
    assertThat(azure.get(url).statusCode()).isEqualTo(404);
    assertThat(azure.get(Ids.VM + VERSION).statusCode()).isEqualTo(404);
  }

  // https://github.com/kubernetes-sigs/cloud-provider-azure/pull/7508
  @Test
  void writeWithAnOldEtagIsRefused() throws IOException {
    String etag = azure.get(Ids.VM + VERSION).headers().firstValue("ETag").orElseThrow();
    String body = "{\"identity\":{\"type\":\"UserAssigned\",\"userAssignedIdentities\":{%s}}}";
    HttpResponse<String> first = azure.patch(Ids.VM, body.formatted(add("One")), "If-Match", etag);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("ETag")).isPresent().isNotEqualTo(etag);

    HttpResponse<String> second = azure.patch(Ids.VM, body.formatted(add("Two")), "If-Match", etag);
    assertThat(second.statusCode()).isEqualTo(412);
    assertThat(TestHttp.json(second).at("/error/code").asString()).isEqualTo("PreconditionFailed");
    assertThat(azure.patch(Ids.VM, body.formatted(add("Two")), "If-Match", "*").statusCode())
        .isEqualTo(200);
  }
}
