package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KubernetesConnectionTest {
  /** What is loaded ahead is what a handshake needs only if the JDK goes so far without a peer. */
  @Test
  void handshakeBeginsWithoutAPeer() throws Exception {
    assertThat(KubernetesConnection.beginHandshake()).isPositive();
  }
}
