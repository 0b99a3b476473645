package io.podidentity.azure.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of Resource Manager's words. */
class ArmMessageTest {
  /**
   * Worded as in https://github.com/Azure/aad-pod-identity/issues/585 and
   * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting.
   */
  static Stream<Arguments> messages() {
    return Stream.of(
        Arguments.of(
            "The client '7eb61ca6-1ef1-4bd5-9b4e-2a3b4c5da6a9' with object id"
                + " 'd4e5f6a7-1111-2222-3333-444455556666' does not have authorization to perform"
                + " action 'Microsoft.Compute/virtualMachines/write' over scope '/subscriptions/"
                + "8ecadfc9-d1a3-4ea4-b844-0d9f87e4d7c8/resourceGroups/rg/providers/"
                + "Microsoft.Compute/virtualMachines/web-01' or the scope is invalid.",
            "The client '7eb6##### REDACTED #####a6a9' with object id"
                + " 'd4e5f6a7-1111-2222-3333-444455556666' does not have authorization to perform"
                + " action 'Microsoft.Compute/virtualMachines/write' over scope"
                + " '…/Microsoft.Compute/virtualMachines/web-01' or the scope is invalid."),
        Arguments.of("one\r\n  two\tthree\u0000four\u202Efive", "one two three four five"),
        Arguments.of("", ""),
        Arguments.of(null, ""));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void itIsOneLineThatSaysWhoLacksWhichAction(String message, String shown) {
    assertThat(ArmMessage.shown(message)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token eyJhbGciOi.eyJhdWQ.c2ln is bad",
        "Authorization: Bearer HUSH was refused",
        "basic HUSH",
        "client_secret=HUSH, and more",
        "\"password\": \"HUSH\"",
        "see https://user:HUSH@host/path",
        "see https://host/path?sig=HUSH&se=1 for it",
        "accountKey = HUSH",
        "key HUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSH"
      })
  void itHoldsNoSecret(String message) {
    assertThat(ArmMessage.shown(message)).doesNotContain("HUSH", "eyJ");
  }

  @Test
  void itIsTheSameForTheSameRefusal() {
    String first =
        "Denied. Correlation ID: '11111111-2222-4333-8444-555555555555' Timestamp: 2026-01-01"
            + " 00:00:01Z.";
    String second =
        "Denied. Correlation ID: '66666666-2222-4333-8444-555555555555' Timestamp: 2026-01-01"
            + " 00:07:09Z.";

    assertThat(ArmMessage.shown(first)).isEqualTo(ArmMessage.shown(second)).startsWith("Denied.");
  }

  @Test
  void itIsNoLongerThanAnEventCanHold() {
    assertThat(ArmMessage.shown("many words ".repeat(1000))).hasSize(500).endsWith("…");
  }
}
