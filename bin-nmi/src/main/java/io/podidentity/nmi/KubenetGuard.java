package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Refuses nodes with the network plugin kubenet, as AAD Pod Identity v1 does: on its bridge a pod
 * can take another one's address. The sign is the kubelet's flag, which is gone since Kubernetes
 * 1.24.
 */
final class KubenetGuard {
  private static final String SIGN = "--network-plugin=kubenet";

  private KubenetGuard() {}

  /**
   * Looks at the kubelet's configuration. No file says no kubenet, where v1 ends with an error.
   *
   * @throws PodIdentityException with {@code CONFIGURATION_INVALID} if it is kubenet, or if the
   *     file is there and cannot be read
   */
  static void check(Path kubeletConfig) {
    String text;
    try {
      text = Files.readString(kubeletConfig, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "cannot read %s to see whether this node uses kubenet; choose the file with --kubelet-config"
              .formatted(kubeletConfig),
          e);
    }
    if (text.contains(SIGN)) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID,
          "this node uses kubenet (%s), where a pod can take another one's address: use another"
                  .formatted(kubeletConfig)
              + " network plugin, or accept that with --allow-network-plugin-kubenet");
    }
  }
}
