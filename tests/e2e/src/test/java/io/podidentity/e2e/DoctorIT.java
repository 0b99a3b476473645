package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.process.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nmi doctor} and {@code mic doctor}, with the programs' own permissions. */
@EndToEnd
final class DoctorIT {
  private static final Duration SETTLED = Duration.ofSeconds(40);

  @Test
  void nothingIsWrongWhereAllWorks(EndToEndCluster cluster) {
    Explained nmi = cluster.nmiDoctor(cluster.vm(), "--http-probe-port=8085");
    Explained mic = micDoctor(cluster);

    assertThat(nmi.isWell()).as("%s", nmi.json()).isTrue();
    assertThat(nmi.exitCode()).isZero();
    assertThat(nmi.codes("warning")).isEmpty();
    assertThat(nmi.verdicts("rules")).containsExactly("ok");
    assertThat(nmi.verdicts("nmi")).containsExactly("ok");
    assertThat(nmi.verdicts("imds")).containsExactly("ok");
    assertThat(nmi.verdicts("permissions")).containsExactly("ok");
    assertThat(nmi.verdicts("definitions")).containsExactly("ok");
    assertThat(mic.isWell()).as("%s", mic.json()).isTrue();
    assertThat(mic.exitCode()).isZero();
    assertThat(mic.verdicts("machines")).hasSizeGreaterThanOrEqualTo(3).containsOnly("ok");
    assertThat(mic.verdicts("identities")).containsExactly("ok");
    assertThat(mic.verdicts("permissions")).containsExactly("ok");
  }

  @Test
  void podIsAskedForWhereItsRequestsGo(EndToEndCluster cluster, Scene scene) {
    TestPod redirected = scene.unlabelledPod("redirected", cluster.vm());
    TestPod unprotected = scene.unlabelledPod("unprotected", cluster.bare());

    Explained well =
        cluster.nmiDoctor(redirected.node(), "--http-probe-port=8085", namespaceOf(redirected));
    Explained wrong = cluster.nmiDoctor(unprotected.node(), namespaceOf(unprotected));

    assertThat(well.verdicts("redirect")).containsExactly("ok");
    assertThat(well.isWell()).as("%s", well.json()).isTrue();
    assertThat(wrong.cause()).as("%s", wrong.json()).isEqualTo("not-redirected");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(cluster.nmiDoctor(cluster.vm(), "--pod=default/nobody").verdicts("redirect"))
        .containsExactly("wrong");
  }

  private static String namespaceOf(TestPod pod) {
    return "--pod=/run/netns/" + pod.network().namespace().name();
  }

  @Test
  void nmiThatIsAwayIsAWarning(EndToEndCluster cluster) {
    Explained nmi = cluster.nmiDoctor(cluster.vm(), "--http-probe-port=8086");

    assertThat(nmi.codes("warning")).containsExactly("nmi-not-ready");
  }

  @Test
  void rulesThatCannotBeWrittenAreWrong(EndToEndCluster cluster) {
    Explained nmi = cluster.nmiDoctorWithout("net_admin", cluster.vm());

    assertThat(nmi.cause()).as("%s", nmi.json()).isEqualTo("redirect-failed");
    assertThat(nmi.json().toString()).contains("the capability NET_ADMIN is missing");
  }

  @Test
  void metadataServiceThatIsAwayIsWrong(EndToEndCluster cluster) {
    try (var fault = cluster.azure().fault("imds", Map.of("kind", "hang-up"))) {
      Explained nmi = cluster.nmiDoctor(cluster.vm(), "--http-probe-port=8085");

      assertThat(nmi.cause()).as("%s", nmi.json()).isEqualTo("imds-unreachable");
      assertThat(nmi.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void rightThatIsMissingIsNamed(EndToEndCluster cluster) {
    Explained nmi =
        cluster.nmiDoctor(cluster.vm(), "--http-probe-port=8085", "--MICNamespace=elsewhere");

    assertThat(nmi.cause()).isEqualTo("permission-missing");
    assertThat(nmi.json().toString()).contains("may not get replicasets.apps in elsewhere");
  }

  @ParameterizedTest
  @CsvSource({"300, ahead, 7001", "-300, behind, 7002"})
  void clockThatDiffersFromTheApiServersIsWrong(
      int seconds, String where, int port, EndToEndCluster cluster) {
    try (var other = cluster.startOtherClock(Duration.ofSeconds(seconds), port)) {
      for (Explained doctor :
          List.of(
              cluster.nmiDoctorByOtherClock(cluster.vm(), port),
              cluster.micDoctorByOtherClock(port))) {
        assertThat(doctor.cause()).as("%s", doctor.json()).isEqualTo("clock-skewed");
        assertThat(doctor.exitCode()).isEqualTo(1);
        assertThat(doctor.json().toString())
            .containsPattern("the clock of the API server is (29[5-9]|30[0-5]) s " + where);
        assertThat(doctor.verdicts("permissions")).containsExactly("ok");
      }
    }
  }

  /** Helm leaves those of an older version in place. */
  @Test
  void fieldThatADefinitionLacksIsNamed(EndToEndCluster cluster) {
    String definition = ProjectFiles.text("deploy/crds/azureidentities.yaml");
    cluster.api().apply(definition.replace("adEndpoint:", "other:"));
    try {
      // The API server publishes what it serves a second later.
      Await.asserted(
          SETTLED, () -> assertThat(micDoctor(cluster).cause()).isEqualTo("definition-outdated"));
      Explained nmi = cluster.nmiDoctor(cluster.vm(), "--http-probe-port=8085");

      assertThat(nmi.cause()).isEqualTo("definition-outdated");
      assertThat(nmi.json().toString()).contains("AzureIdentity spec.adEndpoint");
    } finally {
      cluster.api().apply(definition);
    }
    Await.asserted(SETTLED, () -> assertThat(micDoctor(cluster).isWell()).isTrue());
  }

  @Test
  void machineThatMicMayNotReadIsWrong(EndToEndCluster cluster) {
    Map<String, ?> forbidden =
        Map.of(
            "status",
            403,
            "pathContains",
            "virtualmachines/spare",
            "body",
            "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"no\"}}");
    try (var fault = cluster.azure().fault("arm", forbidden)) {
      Explained mic = micDoctor(cluster);

      assertThat(mic.cause()).as("%s", mic.json()).isEqualTo("arm-permission-missing");
      assertThat(mic.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void machineThatMicMayReadAndNotChangeIsWrong(EndToEndCluster cluster) {
    Map<String, ?> reader =
        Map.of(
            "status",
            200,
            "pathContains",
            "virtualmachines/spare/providers/microsoft.authorization/permissions",
            "body",
            "{\"value\":[{\"actions\":[\"*/read\"],\"notActions\":[]}]}");
    try (var fault = cluster.azure().fault("arm", reader)) {
      Explained mic = micDoctor(cluster);

      assertThat(mic.cause()).as("%s", mic.json()).isEqualTo("arm-permission-missing");
      assertThat(mic.json().toString()).contains("Microsoft.Compute/virtualMachines/write");
      assertThat(mic.verdicts("machines")).containsOnlyOnce("wrong").contains("ok");
    }
  }

  @Test
  void identityThatMicMayNotAssignIsAWarning(EndToEndCluster cluster, Scene scene) {
    BoundIdentity denied = scene.identity("denied");
    scene.bind(denied, "nobody-has-this-label");
    cluster.azure().denyAssign(denied);
    try {
      Explained mic = micDoctor(cluster);

      assertThat(mic.codes("warning"))
          .as("%s", mic.json())
          .containsExactly("arm-permission-missing");
      assertThat(mic.json().toString()).contains("may not put " + denied.resourceId());
    } finally {
      cluster.azure().allowAssign(denied);
    }
  }

  /** One call may take minutes, by its own limit. */
  @Test
  void machineThatDoesNotAnswerKeepsTheDoctorNoLongerThanItMayTake(EndToEndCluster cluster) {
    Map<String, ?> hangs =
        Map.of("delayMillis", 60_000, "status", 500, "pathContains", "virtualmachines/spare");
    try (var fault = cluster.azure().fault("arm", hangs)) {
      long start = System.nanoTime();
      Explained mic = micDoctor(cluster, "-timeout=10s");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(45));
      assertThat(mic.cause()).as("%s", mic.json()).isEqualTo("target-unavailable");
      assertThat(mic.verdicts("machines")).containsOnlyOnce("wrong").contains("ok");
    }
  }

  @Test
  void machineWithAllTheIdentitiesThatItMayHaveIsWrong(EndToEndCluster cluster, Scene scene) {
    scene.boundPod("full", cluster.vm(), scene.identity("full"));

    assertThat(micDoctor(cluster, "-max-identities-per-machine=1").cause())
        .isEqualTo("identity-limit");
  }

  @Test
  void recordThatNothingDesiresIsAWarning(EndToEndCluster cluster, Scene scene) {
    BoundIdentity left = scene.identity("left");
    TestPod pod = scene.boundPod("left", cluster.vm(), left);
    cluster.mic().process().signal(Signal.STOP);
    try {
      scene.remove(pod);
      Await.asserted(
          SETTLED,
          () -> assertThat(micDoctor(cluster).codes("warning")).containsOnly("record-orphaned"));
    } finally {
      cluster.mic().process().signal(Signal.CONT);
      cluster.mic().startAgainIfItEnded();
    }
  }

  private static Explained micDoctor(EndToEndCluster cluster, String... flags) {
    String[] words = new String[flags.length + 2];
    words[0] = "doctor";
    words[1] = "-output=json";
    System.arraycopy(flags, 0, words, 2, flags.length);
    return Explained.of(cluster.micCommand(words));
  }
}
