package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines are those of Linux 6.18; proc_pid_status(5) explains them. */
final class ProcessRightsTest {
  private static final String STATUS =
      """
      Name:\tjava
      Uid:\t%s\t%s\t%s\t%s
      Gid:\t0\t0\t0\t0
      CapInh:\t0000000000000000
      CapPrm:\t000001ffffffffff
      CapEff:\t%s
      CapBnd:\t000001ffffffffff
      """;

  // The set of a container by default is 00000000a80425fb: with NET_RAW, without NET_ADMIN.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0     | 00000000a80425fb | the capability NET_ADMIN is missing: add it to the container's \
          securityContext.capabilities.add
          0     | 000001ffffffdfff | the capability NET_RAW is missing: add it to the container's \
          securityContext.capabilities.add
          0     | 0000000000000000 | the capabilities NET_ADMIN and NET_RAW are missing: add them to \
          the container's securityContext.capabilities.add
          65534 | 0000000000003000 | the effective uid is 65534: run it as root \
          (securityContext.runAsUser: 0)
          """)
  void saysWhatToChange(String uid, String capabilities, String advice) {
    assertThat(ProcessRights.of(STATUS.formatted(uid, uid, uid, uid, capabilities)).advice(true))
        .contains(advice);
  }

  @Test
  void bothAreSaidTogether() {
    assertThat(
            ProcessRights.of(STATUS.formatted("5", "7", "5", "5", "0000000000001000"))
                .advice(true)
                .orElseThrow())
        .startsWith("the effective uid is 7: ")
        .contains("; the capability NET_RAW is missing: ");
  }

  @Test
  void nothingIsSaidOfWhatIsThereOrCannotBeTold() {
    assertThat(as("0000000000003000").advice(true)).isEmpty();
    assertThat(ProcessRights.of("").advice(true)).isEmpty();
  }

  @Test
  void withoutTheLegacyBackEndNetRawIsNotAskedFor() {
    assertThat(as("0000000000001000").advice(false)).isEmpty();
    assertThat(as("0000000000002000").advice(false).orElseThrow())
        .startsWith("the capability NET_ADMIN is missing: ");
    assertThat(ProcessRights.needed(false)).isEqualTo("capability NET_ADMIN");
    assertThat(ProcessRights.needed(true)).isEqualTo("capabilities NET_ADMIN and NET_RAW");
  }

  private static ProcessRights as(String capabilities) {
    return ProcessRights.of(STATUS.formatted("0", "0", "0", "0", capabilities));
  }
}
