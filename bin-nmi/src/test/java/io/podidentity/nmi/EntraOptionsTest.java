package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.azure.config.AuthorityEndpoints;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntraOptionsTest {
  private static final URI PUBLIC = URI.create("https://login.microsoftonline.com");
  private static final URI CUSTOM = URI.create("https://adfs.local.azurestack.external/adfs");

  private final NmiFlags.Own flags = new NmiFlags.Own();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir Path folder;

  @Test
  void withoutFlagsThePublicCloudIsAskedAsInVersionOne() {
    assertThat(options()).isEqualTo(EntraOptions.DEFAULT);
    assertThat(options().endpoints()).isEqualTo(new AuthorityEndpoints(PUBLIC, Set.of()));
    assertThat(options().ownSecretsOnly()).isFalse();
  }

  @Test
  void flagsNameFurtherEndpoints() {
    flags.entraEndpoints = "https://a.example, https://B.example/path/,";
    flags.refuseForeignSecrets = true;

    assertThat(options().endpoints())
        .isEqualTo(
            new AuthorityEndpoints(
                PUBLIC,
                Set.of(URI.create("https://a.example"), URI.create("https://b.example/path"))));
    assertThat(options().ownSecretsOnly()).isTrue();
  }

  @Test
  void cloudIsTheOneOfTheFlag() {
    flags.cloud = "AzureChinaCloud";

    assertThat(options().endpoints().own()).isEqualTo(URI.create("https://login.chinacloudapi.cn"));
  }

  @Test
  void customCloudOfTheFileMayBeNamedOrBeTheOwn() throws IOException {
    writeCustomCloud();

    assertThat(options().endpoints()).isEqualTo(new AuthorityEndpoints(PUBLIC, Set.of(CUSTOM)));

    flags.cloud = "AzureStackCloud";
    assertThat(options().endpoints().own()).isEqualTo(CUSTOM);
  }

  @Test
  void customCloudWithoutAFileIsAnError() {
    flags.cloud = "AzureStackCloud";

    assertThat(failure()).hasMessageContaining("AZURE_ENVIRONMENT_FILEPATH");
  }

  @Test
  void cloudThatIsNoneIsAnError() {
    flags.cloud = "Azure";

    assertThat(failure()).hasMessageContaining("there is no cloud \"Azure\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a.example", "a.example", "https://a b", "https://u@a.example"})
  void endpointThatCannotBeOneIsAnError(String endpoint) {
    flags.entraEndpoints = endpoint;

    assertThat(failure()).hasMessageContaining("--entra-endpoints must be https URLs");
  }

  @Test
  void environmentSaysHowEntraIsReached() {
    environment.putAll(
        Map.of(
            "HTTPS_PROXY", "http://proxy.example:3128",
            "SSL_CERT_FILE", "/ca.pem",
            "SSL_CERT_DIR", "/a:/b"));

    assertThat(options().access().proxy())
        .hasToString("ProxySettings[proxy.example/<unresolved>:3128]");
    assertThat(options().access().caBundle()).isEqualTo(Path.of("/ca.pem"));
    assertThat(options().access().caFolders()).isEqualTo(List.of(Path.of("/a"), Path.of("/b")));
  }

  private void writeCustomCloud() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("akscustom.json"),
            """
            {"name": "AzureStackCloud",
             "activeDirectoryEndpoint": "https://adfs.local.azurestack.external/adfs/",
             "resourceManagerEndpoint": "https://management.local.azurestack.external/"}
            """);
    environment.put("AZURE_ENVIRONMENT_FILEPATH", file.toString());
  }

  private EntraOptions options() {
    return EntraOptions.of(flags, environment::get);
  }

  private PodIdentityException failure() {
    PodIdentityException thrown = catchThrowableOfType(PodIdentityException.class, this::options);
    assertThat(thrown).as("error").isNotNull();
    assertThat(thrown.reason()).isEqualTo(ErrorReason.CONFIGURATION_INVALID);
    return thrown;
  }
}
