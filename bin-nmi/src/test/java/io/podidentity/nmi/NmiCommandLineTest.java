package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.token.HoldPolicy;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.bin.LogFormat;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.iptables.IptablesBackend;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NmiCommandLineTest {
  private static final ProgramVersion VERSION = new ProgramVersion("nmi", "1", "c", "d");

  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private NmiCommandLine line = new NmiCommandLine(VERSION, environment::get);

  @Test
  void explainTakesAPodAndWhatItsRequestNames() {
    environment.put("NODE_NAME", "n1");
    environment.put("KUBECONFIG", "/k");
    parse("--client-id=c1", "--MICNamespace=kube", "--forceNamespaced", "--output=json");

    ExplainCommand command = line.explain("default/web");

    assertThat(command.request().pod().toString()).isEqualTo("default/web");
    assertThat(command.request().choice().clientId()).isEqualTo(new ClientId("c1"));
    assertThat(command.request().resource()).isEqualTo("https://management.azure.com/");
    assertThat(command.options().forceNamespaced()).isTrue();
    assertThat(command.options().mic().namespace()).isEqualTo("kube");
    assertThat(command.lease().toString()).isEqualTo("default/aad-pod-identity-mic");
    assertThat(command.node()).isEqualTo("n1");
    assertThat(command.kubeconfig()).isEqualTo(Path.of("/k"));
    assertThat(command.output()).isEqualTo(OutputFormat.JSON);
  }

  @Test
  void explainTakesARequestByResourceIdAndMicsLease() {
    String id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
            + "/userAssignedIdentities/i";
    parse(
        "--resource-id=" + id,
        "--resource=https://vault.azure.net",
        "--leader-election-namespace=locks",
        "--leader-election-name=other");

    ExplainCommand command = line.explain("default/web");

    assertThat(command.request().choice().resourceId()).isEqualTo(id);
    assertThat(command.request().resource()).isEqualTo("https://vault.azure.net");
    assertThat(command.lease().toString()).isEqualTo("locks/other");
  }

  @Test
  void explainKnowsTheSubscriptionsThatMicMayChange() {
    parse("--allowed-subscriptions=One, two,");
    assertThat(line.explain("default/web").subscriptions())
        .accepts("one", "TWO")
        .rejects("three", "");
  }

  @Test
  void explainTakesAnySubscriptionWhereNoneIsNamed() {
    parse();
    assertThat(line.explain("default/web").subscriptions()).accepts("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "web", "/web", "default/", "a/b/c"})
  void explainTakesNothingElseForAPod(String text) {
    parse();

    assertThatThrownBy(() -> line.explain(text))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID));
  }

  // The defaults of cmd/nmi/main.go of v1.8.17.
  @Test
  void defaultsAreThoseOfVersionOne() {
    assertThat(options("--node=n1"))
        .isEqualTo(
            new NmiOptions(
                "n1",
                new NmiOptions.Http("127.0.0.1", 2579, true, false, false, true, true),
                new NmiOptions.Metadata("169.254.169.254", 80),
                RulesOptions.DEFAULT,
                HoldPolicy.DEFAULT,
                new NmiOptions.Identities(false, false, true, false),
                new NmiOptions.Exempt("default", "aad-pod-id-mic-service-account", false),
                EntraOptions.DEFAULT,
                2000,
                8080,
                9090,
                Path.of("/etc/default/kubelet"),
                null,
                LogFormat.TEXT,
                ""));
    assertThat(line.withoutEffect()).isEmpty();
  }

  @Test
  void everyFlagOfVersionOneIsTaken() {
    NmiOptions options =
        options(
            "--node",
            "n1",
            "--nmi-listen-address=0.0.0.0",
            "--nmi-port=1",
            "--metadata-ip=10.0.0.9",
            "--metadata-port=2",
            "--ipt-update-interval-sec=3",
            "--forceNamespaced",
            "--MICNamespace=kube-system",
            "--http-probe-port=8085",
            "--retry-attempts-for-created=2",
            "--retry-attempts-for-assigned=3",
            "--find-identity-retry-interval=4",
            "--enableProfile",
            "--enableScaleFeatures=false",
            "--block-instance-metadata",
            "--metadata-header-required=false",
            "--prometheus-port=9091",
            "--operation-mode=Managed",
            "--allow-network-plugin-kubenet",
            "--kubelet-config=/x",
            "--set-retry-after-header=true",
            "--enable-conntrack-deletion",
            "--log-format=json",
            "--custom-user-agent=mine",
            "--logtostderr",
            "--v=2");

    assertThat(options)
        .isEqualTo(
            new NmiOptions(
                "n1",
                new NmiOptions.Http("0.0.0.0", 1, false, true, true, true, true),
                new NmiOptions.Metadata("10.0.0.9", 2),
                new RulesOptions(
                    true,
                    null,
                    true,
                    true,
                    OnExit.AUTO,
                    null,
                    SourcePinning.AUTO,
                    Duration.ofSeconds(3)),
                new HoldPolicy(
                    Duration.ofMillis(1200), Duration.ofSeconds(8), Duration.ofSeconds(20)),
                new NmiOptions.Identities(true, true, false, false),
                new NmiOptions.Exempt("kube-system", "aad-pod-id-mic-service-account", false),
                EntraOptions.DEFAULT,
                2000,
                8085,
                9091,
                null,
                null,
                LogFormat.JSON,
                "mine"));
    assertThat(line.withoutEffect()).containsExactly("enableProfile", "logtostderr", "v");
  }

  @Test
  void ownFlagsAreTaken() {
    NmiOptions options =
        options(
            "--node=n",
            "--redirect=none",
            "--kubeconfig=/k",
            "--token-cache-size=0",
            "--metadata-get-only=false",
            "--host-token=false",
            "--iptables-backend=legacy",
            "--lockdown=false",
            "--on-exit=remove",
            "--redirect-target=169.254.25.79",
            "--mic-service-account=mic",
            "--exempt-pods-get-any-identity",
            "--source-pinning=off",
            "--accept-foreign-client-ids",
            "--audit-tokens",
            "--cloud=AzureChinaCloud",
            "--entra-endpoints=https://a.example",
            "--refuse-foreign-secrets");

    assertThat(options.entra().endpoints())
        .isEqualTo(
            new AuthorityEndpoints(
                URI.create("https://login.chinacloudapi.cn"),
                Set.of(URI.create("https://a.example"))));
    assertThat(options.entra().ownSecretsOnly()).isTrue();
    assertThat(options.http().metadataGetOnly()).isFalse();
    assertThat(options.http().hostToken()).isFalse();
    assertThat(options.http().auditTokens()).isTrue();

    assertThat(options.rules())
        .isEqualTo(
            new RulesOptions(
                false,
                IptablesBackend.LEGACY,
                false,
                false,
                OnExit.REMOVE,
                "169.254.25.79",
                SourcePinning.OFF,
                Duration.ofSeconds(60)));
    assertThat(options.kubeconfig()).isEqualTo(Path.of("/k"));
    assertThat(options.tokenCacheSize()).isZero();
    assertThat(options.exempt()).isEqualTo(new NmiOptions.Exempt("default", "mic", true));
    assertThat(options.identities().foreignClientIds()).isTrue();
  }

  @Test
  void environmentForcesNamespaces() {
    environment.put("FORCENAMESPACED", "true");

    assertThat(options("--node=n").identities().forceNamespaced()).isTrue();
  }

  @Test
  void kubeconfigComesFromTheEnvironmentUnlessAFlagSaysOtherwise() {
    environment.put("KUBECONFIG", "/env");

    assertThat(options("--node=n").kubeconfig()).isEqualTo(Path.of("/env"));
    line = new NmiCommandLine(VERSION, environment::get);
    assertThat(options("--node=n", "--kubeconfig=/flag").kubeconfig()).isEqualTo(Path.of("/flag"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nmi-port=1                                | --node is required",
        "--node=n --operation-mode=managed           | --operation-mode=managed needs --forceNamespaced",
        "--node=n --operation-mode=other             | --operation-mode must be standard",
        "--node=n --redirect=nft                     | --redirect must be iptables or none",
        "--node=n --iptables-backend=both            | --iptables-backend must be auto, nft or legacy",
        "--node=n --source-pinning=hard              | --source-pinning must be auto, off or enforce",
        "--node=n --source-pinning=enforce --redirect=none | --source-pinning=enforce needs rules",
        "--node=n --on-exit=maybe                    | --on-exit must be auto, keep or remove",
        "--node=n --redirect-target=10.0.0.1         | --redirect-target must be a link-local",
        "--node=n --redirect-target=169.254.169.254  | --redirect-target must not be the --metadata-ip",
        "--node=n --nmi-port=65536                   | --nmi-port must be 0 to 65535: 65536",
        "--node=n --metadata-port=0                  | --metadata-port must be 1 to 65535: 0",
        "--node=n --http-probe-port=-1               | --http-probe-port must be 0 to 65535: -1",
        "--node=n --metadata-ip=metadata.local       | --metadata-ip must be an IPv4 address",
        "--node=n --ipt-update-interval-sec=0        | --ipt-update-interval-sec must be positive",
        "--node=n --retry-attempts-for-created=-1    | --retry-attempts-for-created must not be",
        "--node=n --retry-attempts-for-assigned=-1   | --retry-attempts-for-assigned must not be",
        "--node=n --find-identity-retry-interval=-1  | --find-identity-retry-interval must not be",
        "--node=n --token-cache-size=-1              | --token-cache-size must not be negative",
      })
  void aValueThatCannotBeIsNamed(String args, String message) {
    assertThatThrownBy(() -> options(args.strip().split(" +")))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nmi-port=x",
        "--host-ip=1.2.3.4",
        "--forceNamespaced=maybe",
        "--log-format=xml"
      })
  void aFlagThatCannotBeReadIsCodeTwoAndOneLine(String arg) {
    assertThat(parse(arg)).containsExactly(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("nmi: ").hasLineCount(1);
  }

  @Test
  void helpShowsEveryFlagOfVersionOneWithItsDefault() {
    assertThat(parse("--help")).containsExactly(0);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("--nmi-port", "2579", "--MICNamespace", "--set-retry-after-header", "--redirect");
  }

  private NmiOptions options(String... args) {
    assertThat(parse(args)).isEmpty();
    return line.options();
  }

  /** The exit code, if there is one. */
  private List<Integer> parse(String... args) {
    List<Integer> codes = new ArrayList<>();
    line.parse(
            List.of(args),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .ifPresent(codes::add);
    return codes;
  }
}
