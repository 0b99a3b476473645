package io.podidentity.e2e;

import io.podidentity.harness.clients.PythonEnvironment;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.process.Command;
import io.podidentity.testkit.azure.FakeTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One of Azure's SDKs as pods use it: as it is, told nothing of NMI, in a process that has the
 * pod's network and no environment of ours.
 */
enum PodClient {

  /** MSAL4J's {@code ManagedIdentityApplication}. */
  MSAL4J {
    @Override
    List<String> program() {
      return java("io.podidentity.clients.MsalMain");
    }
  },

  /** azure-identity for Java, over its own HTTP client. */
  AZURE_IDENTITY_FOR_JAVA {
    @Override
    List<String> program() {
      return java("io.podidentity.clients.AzureIdentityMain");
    }
  },

  /** azure-identity for Python, which uses MSAL for Python, as does the Azure CLI. */
  AZURE_IDENTITY_FOR_PYTHON {
    @Override
    List<String> program() {
      RealPart.AZURE_IDENTITY_FOR_PYTHON.require();
      return List.of(
          PythonEnvironment.find().python().toString(),
          "-I",
          ProjectFiles.ofClients("python/get_tokens.py"));
    }
  };

  /** More than the longest sequence of retries of these clients. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  abstract List<String> program();

  /**
   * Gets tokens in the pod, all in one process.
   *
   * @param wanted what for: {@code any}, {@code client-id=ID}, {@code resource-id=ID}, or {@code
   *     default-credential} for {@code DefaultAzureCredential}, which MSAL4J does not have
   * @return the client ID that each token is for
   * @throws io.podidentity.harness.process.CommandFailedException if one cannot be had
   */
  List<String> identitiesSeenIn(TestPod pod, String... wanted) {
    List<String> words = new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin"));
    words.addAll(program());
    words.addAll(List.of(wanted));
    return pod.network()
        .namespace()
        .inside(Command.of(words).withTimeout(LIMIT))
        .output()
        .lines()
        .map(FakeTokens::clientIdOf)
        .toList();
  }

  private static List<String> java(String main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        ProjectFiles.ofClients("target/test-classes")
            + ":"
            + ProjectFiles.ofClients("target/lib")
            + "/*",
        main);
  }
}
