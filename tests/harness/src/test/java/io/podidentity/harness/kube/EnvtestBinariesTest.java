package io.podidentity.harness.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvtestBinariesTest {

  @TempDir private Path home;

  @Test
  void namedFolderCountsBeforeTheCache() throws IOException {
    install(
        home.resolve(".cache/podidentity/envtest/v1.34.4"), "etcd", "kube-apiserver", "kubectl");
    Path named = home.resolve("named");
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "KUBEBUILDER_ASSETS", named.toString());
    assertThat(EnvtestBinaries.candidate(environment)).isEqualTo(named);
    assertThat(EnvtestBinaries.missing(environment))
        .startsWith("etcd, kube-apiserver, kubectl missing in " + named);
  }

  @Test
  void newestWholeVersionOfTheCacheCounts() throws IOException {
    Path cache = home.resolve("cache/podidentity/envtest");
    install(cache.resolve("v1.9.10"), "etcd", "kube-apiserver", "kubectl");
    install(cache.resolve("v1.34.4"), "etcd", "kube-apiserver", "kubectl");
    install(cache.resolve("v1.40.0"), "etcd", "kubectl");
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", home.resolve("cache").toString());
    assertThat(EnvtestBinaries.candidate(environment)).isEqualTo(cache.resolve("v1.34.4"));
    assertThat(EnvtestBinaries.missing(environment)).isNull();
  }

  @Test
  void messageSaysWhatIsMissingWhereAndWhatToDo() throws IOException {
    Path named = home.resolve("named");
    install(named, "etcd", "kubectl");
    assertThat(EnvtestBinaries.missing(Map.of("KUBEBUILDER_ASSETS", named.toString())))
        .isEqualTo(
            "kube-apiserver missing in "
                + named
                + ": run tests/envtest/build.sh (it needs Go and some minutes), or point"
                + " KUBEBUILDER_ASSETS at a folder that holds etcd, kube-apiserver and kubectl");
  }

  @Test
  void controllerManagerIsMissedInAFolderOfAnOlderBuild() throws IOException {
    Path named = home.resolve("named");
    install(named, "etcd", "kube-apiserver", "kubectl");
    Map<String, String> environment = Map.of("KUBEBUILDER_ASSETS", named.toString());
    assertThat(EnvtestBinaries.missingControllerManager(environment))
        .startsWith("kube-controller-manager missing in " + named)
        .contains("run tests/envtest/build.sh");
    install(named, "kube-controller-manager");
    assertThat(EnvtestBinaries.missingControllerManager(environment)).isNull();
  }

  @Test
  void newestKubernetesIsTheOneThatTheScriptBuildsAndOnlyWhole() throws IOException {
    // Surefire runs in the module's folder.
    assertThat(Files.readString(Path.of("../envtest/kubernetes-newest/go.mod")))
        .contains("require k8s.io/kubernetes " + EnvtestBinaries.NEWEST + "\n");
    Path folder = home.resolve(".cache/podidentity/envtest-newest/" + EnvtestBinaries.NEWEST);
    install(folder, "etcd", "kube-apiserver", "kubectl");
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "KUBEBUILDER_ASSETS", folder.toString());
    assertThat(EnvtestBinaries.missingNewest(environment))
        .isEqualTo(
            "Kubernetes %s is missing in %s: run tests/envtest/build.sh --newest (it needs Go and"
                + " some minutes)",
            EnvtestBinaries.NEWEST, folder);
    install(folder, "kube-controller-manager");
    assertThat(EnvtestBinaries.missingNewest(environment)).isNull();
  }

  private static void install(Path folder, String... programs) throws IOException {
    Files.createDirectories(folder);
    for (String program : programs) {
      assertThat(Files.createFile(folder.resolve(program)).toFile().setExecutable(true)).isTrue();
    }
  }
}
