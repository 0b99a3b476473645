package io.podidentity.mic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.podidentity.api.PodIdentityException;
import io.podidentity.bin.GoFlags;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.k8s.LeaderElection;
import io.podidentity.k8s.StartupTaints;
import io.podidentity.k8s.TypeUpgradeMarker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class MicOptionsTest {
  /** What v1 reads from the environment when no azure.json is given. */
  private static final Map<String, String> CLOUD =
      Map.of(
          "CLOUD", "AzurePublicCloud",
          "TENANT_ID", "tenant",
          "CLIENT_ID", "client",
          "CLIENT_SECRET", "secret",
          "SUBSCRIPTION_ID", "subscription",
          "RESOURCE_GROUP", "group");

  /** AAD Pod Identity v1.8.17, cmd/mic/main.go. */
  @Test
  void defaultsAreThoseOfV1() {
    MicOptions options = options(List.of(), Map.of());

    assertThat(options.kubeconfig()).isNull();
    assertThat(options.forceNamespaced()).isFalse();
    assertThat(options.syncInterval()).isEqualTo(Duration.ofHours(1));
    assertThat(options.lease())
        .isEqualTo(
            new LeaderElection.Settings(
                "default", "aad-pod-identity-mic", "this-host", Duration.ofSeconds(15), true));
    assertThat(options.probePort()).isEqualTo(8080);
    assertThat(options.assignment().batchSize()).isEqualTo(20);
    assertThat(options.assignment().immutable()).isEmpty();
    assertThat(options.logFormat()).isEqualTo(LogFormat.TEXT);
  }

  @Test
  void flagsOfV1AreTaken() {
    MicOptions options =
        options(
            List.of(
                "-kubeconfig=/k",
                "--forceNamespaced",
                "-syncRetryDuration",
                "30m",
                "--leader-election-instance=mic-0",
                "--leader-election-namespace=kube-system",
                "--leader-election-name=lock",
                "--leader-election-duration=6s",
                "--leader-election-endpoints=false",
                "--http-probe-port=8081",
                "--createDeleteBatch=50",
                "--clientQps=12.5",
                "--config-map-name=map",
                "--type-upgrade-status-key=key",
                "--immutable-user-msis=a, b,,c",
                "--log-format=json",
                "--custom-user-agent=acme"),
            Map.of("MIC_POD_NAMESPACE", "identity"));

    assertThat(options.clientQps()).isEqualTo(12.5);
    assertThat(options.typeUpgrade())
        .isEqualTo(new TypeUpgradeMarker.Settings(true, "identity", "map", "key", "1.2.3"));
    assertThat(options.kubeconfig()).isEqualTo(Path.of("/k"));
    assertThat(options.forceNamespaced()).isTrue();
    assertThat(options.syncInterval()).isEqualTo(Duration.ofMinutes(30));
    assertThat(options.lease())
        .isEqualTo(
            new LeaderElection.Settings(
                "kube-system", "lock", "mic-0", Duration.ofSeconds(6), false));
    assertThat(options.probePort()).isEqualTo(8081);
    assertThat(options.assignment().batchSize()).isEqualTo(50);
    assertThat(options.assignment().immutable()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(options.logFormat()).isEqualTo(LogFormat.JSON);
    assertThat(options.customUserAgent()).isEqualTo("acme");
  }

  @Test
  void defaultsOfWhatV1DoesNotHave() {
    assertThat(options(List.of(), Map.of()).assignment())
        .isEqualTo(
            new AssignmentOptions(
                20,
                Set.of(),
                false,
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                Duration.ofSeconds(1),
                200,
                Set.of(),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15)));
  }

  @Test
  void startupTaintIsTakenOffWhereNmiOfMicsNamespaceIsReady() {
    assertThat(options(List.of(), Map.of()).startupTaint()).isNull();
    assertThat(
            options(List.of("--startup-taint=a.io/b"), Map.of("MIC_POD_NAMESPACE", "identity"))
                .startupTaint())
        .isEqualTo(new StartupTaints.Settings("a.io/b", "identity", "component=nmi,tier=node"));
    assertThatThrownBy(
            () -> options(List.of("--startup-taint=a.io/b", "--nmi-selector="), Map.of()))
        .hasMessageContaining("--nmi-selector must not be empty");
  }

  @Test
  void flagsThatV1DoesNotHaveAreTaken() {
    List<String> flags =
        List.of(
            "--identity-assignment-reconcile-interval=5m",
            "--refuse-cluster-identity",
            "--detach-delay=0s",
            "--coalescing-window=500ms",
            "--max-identities-per-machine=30",
            "--allowed-subscriptions=one, two",
            "--arm-call-timeout=1m",
            "--arm-operation-timeout=2m");

    assertThat(options(flags, Map.of()).assignment())
        .isEqualTo(
            new AssignmentOptions(
                20,
                Set.of(),
                true,
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofMillis(500),
                30,
                Set.of("one", "two"),
                Duration.ofMinutes(1),
                Duration.ofMinutes(2)));
  }

  @Test
  void environmentForcesNamespacedInOneSpellingOnly() {
    assertThat(options(List.of(), Map.of("FORCENAMESPACED", "true")).forceNamespaced()).isTrue();
    assertThat(options(List.of(), Map.of("FORCENAMESPACED", "True")).forceNamespaced()).isFalse();
  }

  @Test
  void environmentNamesTheCustomCloudAndItsAuthorities() {
    MicOptions options =
        options(
            List.of(),
            Map.of("AZURE_ENVIRONMENT_FILEPATH", "/cloud.json", "SSL_CERT_FILE", "/ca.pem"));

    assertThat(options.customCloud()).isEqualTo(Path.of("/cloud.json"));
    assertThat(options.access().caBundle()).isEqualTo(Path.of("/ca.pem"));
  }

  @ParameterizedTest
  @MethodSource("outOfRange")
  void valueOutOfRangeIsNamed(String flag, String expected) {
    assertThatThrownBy(() -> options(List.of(flag), Map.of()))
        .isInstanceOf(PodIdentityException.class)
        .hasMessage(expected);
  }

  static Stream<Arguments> outOfRange() {
    return Stream.of(
        argumentSet(
            "check interval",
            "--identity-assignment-reconcile-interval=-1s",
            "--identity-assignment-reconcile-interval must not be negative"),
        argumentSet("delay", "--detach-delay=-1s", "--detach-delay must not be negative"),
        argumentSet(
            "window", "--coalescing-window=-1s", "--coalescing-window must not be negative"),
        argumentSet(
            "identities",
            "--max-identities-per-machine=0",
            "--max-identities-per-machine must be at least 1"),
        argumentSet("call", "--arm-call-timeout=0s", "--arm-call-timeout must be positive"),
        argumentSet(
            "operation", "--arm-operation-timeout=0s", "--arm-operation-timeout must be positive"),
        argumentSet("interval", "--syncRetryDuration=0s", "--syncRetryDuration must be positive"),
        argumentSet(
            "lease",
            "--leader-election-duration=10ms",
            "--leader-election-duration must be at least 1s"),
        argumentSet(
            "port", "--http-probe-port=70000", "--http-probe-port must be 0 to 65535: 70000"),
        argumentSet("batch", "--createDeleteBatch=0", "--createDeleteBatch must be at least 1"));
  }

  /** {@code kubectl exec} runs it on the very host of the MIC that leads. */
  @Test
  void drainIsNotTakenForTheMicOfItsHost() {
    assertThat(ofDrain("").lease().identity()).isNotEqualTo("this-host").startsWith("this-host");
    assertThat(ofDrain("mic-1").lease().identity()).isNotEqualTo("mic-1").startsWith("mic-1");
  }

  private static MicOptions ofDrain(String instance) {
    MicFlags flags = new MicFlags();
    flags.leaderElectionInstance = instance;
    flags.drain("this-host");
    return MicOptions.of(flags, CLOUD, "this-host", "1.2.3");
  }

  @Test
  void flagThatIsNotKnownIsOneLineAndExitCode2() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    OptionalInt exit =
        new GoFlags(new MicFlags(), version())
            .parse(
                List.of("--no-such-flag"),
                System.out,
                new PrintStream(err, true, StandardCharsets.UTF_8));

    assertThat(exit).hasValue(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).hasLineCount(1).contains("--no-such-flag");
  }

  @Test
  void everyFlagOfV1IsAccepted() {
    List<String> flags =
        List.of(
            "--cloudconfig=/etc/kubernetes/azure.json",
            "--prometheus-port=9999",
            "--enableProfile",
            "--enableScaleFeatures=true",
            "--clientQps=10",
            "--config-map-name=x",
            "--type-upgrade-status-key=y",
            "--enable-type-upgrade=false",
            "--update-user-msi-max-retry=3",
            "--update-user-msi-retry-interval=2s",
            "--identity-assignment-reconcile-interval=5m",
            "--logtostderr",
            "-v=5");
    GoFlags read = new GoFlags(new MicFlags(), version());

    assertThat(read.parse(flags, System.out, System.err)).isEmpty();
    assertThat(read.withoutEffect())
        .containsExactly(
            "enableProfile",
            "enableScaleFeatures",
            "update-user-msi-max-retry",
            "update-user-msi-retry-interval",
            "logtostderr",
            "v");
  }

  private static MicOptions options(List<String> arguments, Map<String, String> environment) {
    MicFlags flags = new MicFlags();
    assertThat(new GoFlags(flags, version()).parse(arguments, System.out, System.err)).isEmpty();
    Map<String, String> all = new HashMap<>(CLOUD);
    all.putAll(environment);
    return MicOptions.of(flags, all, "this-host", "1.2.3");
  }

  private static ProgramVersion version() {
    return new ProgramVersion("mic", "1", "commit", "date");
  }
}
