package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the images, and what their programs need of the kernel. */
@RequiresRealPart({
  RealPart.IMAGES,
  RealPart.NETWORK_NAMESPACES,
  RealPart.IPTABLES_NFT,
  RealPart.IPTABLES_LEGACY
})
final class ImageIT {

  private final PodImage nmi = PodImage.of("nmi");
  @TempDir Path folder;
  private NetworkNamespace node;

  @BeforeEach
  void makeNode() throws IOException {
    Files.createFile(folder.resolve("xtables.lock"));
    node = NetworkNamespace.create("image");
  }

  @AfterEach
  void removeNode() {
    node.close();
  }

  @Test
  void chartGivesNmiTwoCapabilitiesAndMicNone() {
    assertThat(ChartSecurity.nmi().capabilities()).isEqualTo(Set.of("NET_ADMIN", "NET_RAW"));
    assertThat(ChartSecurity.mic().capabilities()).isEmpty();
    assertThat(ChartSecurity.micWithSecret().capabilities()).isEmpty();
  }

  @Test
  void lockdownAndUninstallWorkWithWhatTheChartGives() {
    assertThat(succeeds(nmi.container(ChartSecurity.nmi(), List.of("lockdown"), NONE, mounts())))
        .isTrue();
    assertThat(node.exec("ip", "rule")).contains("prohibit");
    assertThat(node.exec("nft", "list", "tables")).contains("podidentity-lockdown");

    assertThat(succeeds(nmi.container(ChartSecurity.nmi(), List.of("uninstall"), NONE, mounts())))
        .isTrue();
    assertThat(node.exec("ip", "rule")).doesNotContain("prohibit");
    assertThat(node.exec("nft", "list", "tables")).doesNotContain("podidentity");
  }

  /** Each writes a kind of rule that NMI writes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip rule add pref 2 to 169.254.169.254 prohibit",
        "nft add table ip podidentity-lockdown",
        "iptables-nft -t nat -N aad-metadata",
        "iptables-legacy -t nat -N aad-metadata"
      })
  void rulesNeedNetAdmin(String command) {
    assertThat(succeeds(tool(ChartSecurity.nmi().without("NET_ADMIN"), command))).isFalse();
    assertThat(succeeds(tool(ChartSecurity.nmi(), command))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ip rule add pref 2 to 169.254.169.254 prohibit, true",
    "nft add table ip podidentity-lockdown, true",
    "iptables-nft -t nat -N aad-metadata, true",
    "iptables-legacy -t nat -N aad-metadata, false",
  })
  void onlyTheOlderIptablesNeedsNetRaw(String command, boolean works) {
    assertThat(succeeds(tool(ChartSecurity.nmi().without("NET_RAW"), command))).isEqualTo(works);
  }

  /** Of a library that would unpack it into a temporary folder otherwise. */
  @Test
  void nativeLibraryIsLoadedWhereNothingCanBeWritten() {
    CommandResult result =
        run(
            nmi.run(
                ChartSecurity.nmi(),
                List.of(
                    "/opt/java/bin/java",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djava.io.tmpdir=/nowhere",
                    "-cp",
                    "/opt/podidentity/nmi/lib/*",
                    "com.kenai.jffi.Main"),
                NONE,
                mounts()));

    assertThat(result.stdout()).as(result.stderr()).contains("jffi stub version=");
  }

  /** Without one of them NMI goes on with less, and says so in its log alone. */
  @ParameterizedTest
  @ValueSource(strings = {"conntrack", "ip", "nft", "nsenter", "stdbuf", "xtables-monitor"})
  void programThatNmiCallsIsInTheImage(String program) {
    assertThat(List.of("usr/sbin/", "usr/bin/"))
        .anyMatch(folder -> Files.exists(nmi.rootfs().resolve(folder + program)));
  }

  /** The names of libraries that the loader does not find for some program or library. */
  private static final String NOT_FOUND =
      """
      busybox find /usr /opt/java -type f | while read -r file; do
        case $(busybox head -c 4 "$file" | tr -d '\\177\\0') in
          ELF) LD_TRACE_LOADED_OBJECTS=1 /lib*/ld-linux-* "$file" 2>&1 |
            sed -n 's/^[[:blank:]]*\\([^ ]*\\) => not found$/\\1/p' ;;
        esac
      done | busybox sort -u
      """;

  @ParameterizedTest
  @ValueSource(strings = {"nmi", "mic"})
  void everySharedLibraryIsInTheImage(String program) throws IOException {
    PodImage image = PodImage.of(program);
    CommandResult result =
        run(image.run(ChartSecurity.nmi(), List.of("/bin/sh", "-c", NOT_FOUND), NONE, mounts()));

    // The JVM loads its own before those that need it.
    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout().lines()).containsExactly("libjvm.so");
    assertThat(image.rootfs().resolve("opt/java/lib/server/libjvm.so")).exists();
  }

  @Test
  void rootFileSystemCannotBeWritten() {
    CommandResult result =
        run(
            nmi.run(
                ChartSecurity.nmi(), List.of("/bin/sh", "-c", "echo x >/opt/x"), NONE, mounts()));

    assertThat(result.stderr()).contains("Read-only file system");
  }

  /** Else a program starts in more than twice the time, and nobody notices. */
  @ParameterizedTest
  @ValueSource(strings = {"nmi", "mic"})
  void programStartsWithTheAheadOfTimeCache(String program) {
    assertThat(loaded(program))
        .containsPattern("io\\.podidentity\\." + program + "\\.\\w+Main" + FROM_THE_CACHE);
  }

  /** Where an image is built no rules can be written; and a signed jar's classes are not cached. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.podidentity.iptables.IptablesChain",
        "io.podidentity.iptables.NftSession",
        "io.podidentity.iptables.PolicyRules",
        "com.azure.json.JsonReader"
      })
  void cacheHasWhatNmiNeedsForItsRulesAndItsTokens(String type) {
    assertThat(loaded("nmi")).contains(type + FROM_THE_CACHE);
  }

  private static final String FROM_THE_CACHE = " source: shared objects file";

  /** Where each class comes from that is there when the program starts; all of the cache are. */
  private String loaded(String program) {
    String variable = program.toUpperCase(Locale.ROOT) + "_JAVA_OPTS";
    ChartSecurity security =
        program.equals("nmi") ? ChartSecurity.nmi() : ChartSecurity.micWithSecret();
    CommandResult result =
        run(
            PodImage.of(program)
                .container(
                    security,
                    List.of("--version"),
                    Map.of(variable, "-Xlog:class+load"),
                    mounts()));
    assertThat(result.stdout()).as(result.stderr()).isNotEmpty();
    return result.stdout();
  }

  /** As {@code kubectl exec POD -- nmi explain} does. */
  @ParameterizedTest
  @ValueSource(strings = {"nmi", "mic"})
  void programIsFoundByItsName(String program) {
    CommandResult result =
        run(
            PodImage.of(program)
                .run(
                    ChartSecurity.nmi(),
                    List.of("/bin/sh", "-c", program + " --version"),
                    NONE,
                    mounts()));

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).isNotEmpty();
  }

  /** With the programs of NMI's image, and an input that does not end, as that of kubectl debug. */
  @Test
  void imageHasWhatTheRecipeForANodeNeeds() {
    Matcher recipe =
        Pattern.compile("'(umask .*); nmi explain \"[$]@\" --kubeconfig=(\\S+)' ")
            .matcher(ProjectFiles.text("docs/troubleshooting.md"));
    assertThat(recipe.find()).isTrue();
    String script = recipe.group(1) + "; echo \"$@\"; nmi --version; cat " + recipe.group(2);

    CommandResult result =
        run(
            nmi.run(
                    ChartSecurity.nmi(),
                    List.of("/bin/sh", "-c", script, "sh", "5", "shop/web"),
                    NONE,
                    mounts())
                .withInput("12345 and more"));

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).startsWith("shop/web\n").endsWith("\n12345");
  }

  @ParameterizedTest
  @CsvSource({"nmi, 0:0", "mic, 65532:65532"})
  void imageSaysWhoRunsItAndWhatItIs(String program, String user) {
    PodImage image = PodImage.of(program);

    assertThat(image.user()).isEqualTo(user);
    assertThat(image.label("title")).isEqualToIgnoringCase(program);
    assertThat(image.label("licenses")).isEqualTo("Apache-2.0");
    assertThat(image.label("version")).isNotEmpty();
    assertThat(image.label("revision")).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nmi", "mic"})
  void billsOfMaterialsNameWhatIsInTheImage(String program) throws IOException {
    PodImage image = PodImage.of(program);

    assertThat(image.components("system")).contains("libc6", "openjdk-25-jdk-headless", "busybox");
    String distribution = distribution(image);
    assertThat(image.packageUrls())
        .allMatch(url -> url.startsWith("pkg:deb/debian/") && url.endsWith(distribution));
    assertThat(image.components(program)).contains("undertow-core", "podidentity-api");
    assertThat(image.rootfs().resolve("usr/share/sbom/" + program + ".cdx.json"))
        .content()
        .as("jars are not what they were")
        .doesNotContainPattern("(?m)^ {6}\"hashes\"");
  }

  /** What the base says of itself, such as {@code &distro=debian-13}. */
  private static String distribution(PodImage image) throws IOException {
    Properties release = new Properties();
    try (Reader file = Files.newBufferedReader(image.rootfs().resolve("etc/os-release"))) {
      release.load(file);
    }
    String version = release.getProperty("VERSION_ID").replace("\"", "");
    return "&distro=%s-%s".formatted(release.getProperty("ID"), version);
  }

  private static final Map<String, String> NONE = Map.of();

  /** The lock of iptables, which the chart mounts. */
  private List<PodImage.Mount> mounts() {
    return List.of(new PodImage.Mount(folder.resolve("xtables.lock"), "/run/xtables.lock"));
  }

  private Command tool(ChartSecurity security, String command) {
    List<String> words = List.of(command.split(" ", -1));
    return nmi.run(security, path(words), NONE, mounts());
  }

  private static List<String> path(List<String> words) {
    return Stream.concat(Stream.of("/usr/sbin/" + words.get(0)), words.stream().skip(1)).toList();
  }

  private boolean succeeds(Command command) {
    return run(command).exitCode() == 0;
  }

  private CommandResult run(Command command) {
    return node.inside(command).run();
  }
}
