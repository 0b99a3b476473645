package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.kube.RunningPod;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What MIC writes to the API server about one record, from a pod's coming to its going. Renewals of
 * the lease do not count.
 */
@RequiresRealPart(RealPart.KUBE_APISERVER)
final class RecordLifeIT {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String NAMESPACE = "life";

  private static MicWorld world;
  private static GatedMic mic;
  private static String machine;

  @BeforeAll
  static void start() {
    world = new MicWorld();
    world.api().createNamespace(NAMESPACE);
    machine = world.virtualMachine("vm");
    mic = new GatedMic("mic", world, "-detach-delay=1s").awaitStanding();
  }

  @AfterAll
  static void end() {
    mic.close();
    world.close();
  }

  @Test
  void podWhoseIdentityWasThereBeforeIsThreeWritesAndTwoEvents() {
    world.azure().attach(machine, world.bind(NAMESPACE, "before", "before"));

    assertThat(writes("before")).containsExactly("POST", "DELETE", "PATCH");
    assertThat(events("before")).isEqualTo(2);
    assertThat(world.identitiesOn(machine)).contains("before");
  }

  @Test
  void podWhoseIdentityAnotherPodNeedsIsThreeWritesAndTwoEvents() {
    world.bind(NAMESPACE, "shared", "shared");
    RunningPod other = world.run(NAMESPACE, "other", "vm", "shared");
    awaitAssigned("other", "shared");

    assertThat(writes("shared")).containsExactly("POST", "DELETE", "PATCH");
    // The other pod's binding is the same one.
    assertThat(events("shared")).isEqualTo(3);
    assertThat(world.identitiesOn(machine)).contains("shared");
    world.remove(other);
    awaitNoRecordOf("other");
  }

  /** It stays as {@code Unassigned} while its identity may come to be needed again. */
  @Test
  void lastPodOfAnIdentityThatMicAddedIsOneWriteMore() {
    world.bind(NAMESPACE, "own", "own");

    assertThat(writes("own")).containsExactly("POST", "PATCH", "PATCH", "DELETE", "PATCH");
    assertThat(events("own")).isEqualTo(2);
    assertThat(world.identitiesOn(machine)).doesNotContain("own");
  }

  /** The methods of all calls that write records, while a pod with that label comes and goes. */
  private static List<String> writes(String identity) {
    String name = "pod-of-" + identity;
    mic.gate().begin("");
    RunningPod pod = world.run(NAMESPACE, name, "vm", identity);
    awaitAssigned(name, identity);
    world.remove(pod);
    awaitNoRecordOf(name);
    Await.until("its event", SOON, () -> told(identity).contains("binding removed"));
    return mic.gate().passed().stream()
        .filter(boundary -> boundary.matches("before .* azureassignedidentities #\\d+"))
        .map(boundary -> boundary.replaceAll("before (\\S+) .*", "$1"))
        .toList();
  }

  private static void awaitAssigned(String pod, String identity) {
    Await.until(
        identity + " is assigned to " + pod,
        SOON,
        () ->
            world.records().stream()
                .anyMatch(
                    record ->
                        pod.equals(record.get("spec", "pod"))
                            && "Assigned".equals(record.get("status", "status"))));
  }

  private static void awaitNoRecordOf(String pod) {
    Await.until(
        "no record of " + pod,
        SOON,
        () -> world.records().stream().noneMatch(record -> pod.equals(record.get("spec", "pod"))));
  }

  /** How many there are about the identity's binding or its records, and how often each. */
  private static int events(String identity) {
    return world.admin().v1().events().inAnyNamespace().list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().contains(identity))
        .mapToInt(event -> event.getCount())
        .sum();
  }

  private static List<String> told(String identity) {
    return world.admin().v1().events().inAnyNamespace().list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().contains(identity))
        .map(event -> event.getReason())
        .toList();
  }
}
