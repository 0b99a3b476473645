package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubenetGuardTest {
  @TempDir Path folder;

  // A line of /etc/default/kubelet on AKS before Kubernetes 1.24.
  @Test
  void kubenetIsRefused() throws IOException {
    Path file = write("KUBELET_FLAGS=--cluster-dns=10.0.0.10 --network-plugin=kubenet --v=2\n");

    refused(file, "--allow-network-plugin-kubenet");
  }

  @Test
  void anotherPluginIsFine() throws IOException {
    Path file = write("KUBELET_FLAGS=--network-plugin=cni --v=2\n");

    assertThatCode(() -> KubenetGuard.check(file)).doesNotThrowAnyException();
  }

  // v1 ends with an error; the chart's volume (FileOrCreate) makes the file.
  @Test
  void noFileIsFine() {
    assertThatCode(() -> KubenetGuard.check(folder.resolve("none"))).doesNotThrowAnyException();
  }

  @Test
  void whatCannotBeReadIsRefused() {
    refused(folder, "cannot read");
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> KubenetGuard.check(file))
        .hasMessageContaining(message)
        .asInstanceOf(InstanceOfAssertFactories.type(PodIdentityException.class))
        .returns(ErrorReason.CONFIGURATION_INVALID, PodIdentityException::reason);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("kubelet"), text);
  }
}
