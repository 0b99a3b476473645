package io.podidentity.example.planning;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script as a pull request runs it, with a kubectl that prints {@code cluster.yaml}. */
final class PullRequestCheckTest {
  @TempDir private Path folder;

  private record Said(int exitCode, String text) {}

  @BeforeEach
  void putKubectl() throws IOException {
    Path kubectl =
        Files.writeString(
            folder.resolve("kubectl"),
            "#!/bin/sh\n[ \"$1\" = get ] && cat '%s'\n"
                .formatted(Path.of("cluster.yaml").toAbsolutePath()));
    assertThat(kubectl.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void changeThatAddsPasses() throws Exception {
    Said said =
        check(
            """
            kind: AzureIdentityBinding
            metadata: {namespace: shop, name: frontend}
            spec: {azureIdentity: orders, selector: frontend}
            """);

    assertThat(said.exitCode()).as(said.text()).isZero();
    assertThat(said.text()).startsWith("CREATE shop/orders for pod shop/orders").hasLineCount(1);
  }

  @Test
  void changeThatTakesAnIdentityFromAPodFails() throws Exception {
    Said said =
        check(
            """
            kind: AzureIdentityBinding
            metadata: {namespace: shop, name: orders}
            spec: {azureIdentity: orders, selector: order}
            """);

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.text()).isEqualTo("pod shop/orders loses shop/orders\n");
  }

  @Test
  void changeWithAnObjectThatCannotBeUsedFails() throws Exception {
    Said said =
        check(
            """
            kind: AzureIdentity
            metadata: {namespace: shop, name: orders}
            spec: {type: 0, clientID: c, resourceID: /subscriptions/s}
            """);

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.text()).contains("shop/orders is left aside", "loses shop/orders");
  }

  private Said check(String manifest) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("manifest.yaml"), manifest);
    ProcessBuilder script =
        new ProcessBuilder("sh", "pull-request-check.sh", file.toString())
            .redirectErrorStream(true);
    script.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    script
        .environment()
        .put(
            "PATH",
            String.join(
                File.pathSeparator,
                folder.toString(),
                Path.of(System.getProperty("java.home"), "bin").toString(),
                System.getenv("PATH")));
    Process running = script.start();
    String said = new String(running.getInputStream().readAllBytes(), UTF_8);
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(running.exitValue(), said);
  }
}
