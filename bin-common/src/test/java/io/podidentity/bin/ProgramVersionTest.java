package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgramVersionTest {
  private final ProgramVersion version =
      new ProgramVersion("nmi", "1.2.3", "4d5e6f", "2026-01-02T03:04:05Z");

  // The form that AAD Pod Identity v1 documents for its calls.
  @Test
  void userAgentHasTheFormOfVersionOne() {
    assertThat(version.userAgent(""))
        .isEqualTo("aad-pod-identity/NMI/1.2.3/4d5e6f/2026-01-02T03:04:05Z");
    assertThat(version.userAgent("my-cluster"))
        .isEqualTo("aad-pod-identity/NMI/1.2.3/4d5e6f/2026-01-02T03:04:05Z my-cluster");
  }

  // version/version.go of v1.8.17, and what its nmi prints.
  @Test
  void lineHasTheFormOfVersionOne() {
    assertThat(version.line())
        .isEqualTo(
            "MIC Version: 1.2.3 - NMI Version: 1.2.3 - Commit: 4d5e6f - Date: 2026-01-02T03:04:05Z");
  }

  @Test
  void theBuildFilledInItsProperties() {
    ProgramVersion built = ProgramVersion.ofThisBuild("mic");

    assertThat(built.line()).contains(built.version()).doesNotContain("$");
    assertThat(built.version()).matches("\\d+\\..*");
  }
}
