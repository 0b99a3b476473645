package io.podidentity.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts are those that the commands of iptables 1.8.9 wrote, except where a line says so. */
final class FailuresTest {

  private static final Limits LIMITS = Limits.DEFAULT;
  private static final String NET_RAW_ALONE = "0000000000002000";

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(
            1,
            "iptables-save v1.8.9 (legacy): Cannot initialize: Table does not exist (do you need"
                + " to insmod?)\n",
            "the kernel lacks a part: load iptable_nat on the node"),
        Arguments.of(
            2,
            """
            iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'nat'
            Error occurred at line: 1
            Try `iptables-restore -h' or 'iptables-restore --help' for more information.
            """,
            "the kernel lacks a part: load iptable_nat on the node"),
        // From the source of iptables 1.8.9; no machine at hand lacks these parts.
        Arguments.of(
            1,
            "iptables-nft-save v1.8.9 (nf_tables): Failed to initialize nft: Protocol not"
                + " supported\n",
            "the kernel lacks a part: load nf_tables on the node"),
        Arguments.of(
            1,
            """
            Warning: Extension DNAT revision 0 not supported, missing kernel module?
            iptables-restore: line 5 failed
            """,
            "the kernel lacks a part: load xt_nat on the node"),
        Arguments.of(
            4,
            """
            Warning: Extension tcp revision 0 not supported, missing kernel module?
            iptables-restore v1.8.9 (nf_tables):\s
            line 3: RULE_APPEND failed (No such file or directory): rule in chain aad-metadata
            """,
            "the kernel lacks a part: load xt_tcpudp on the node"),
        Arguments.of(
            1,
            "iptables: No chain/target/match by that name.\n",
            "the kernel lacks a part: load xt_nat and xt_tcpudp"),
        // And what has no sentence of its own is shown, as far as it says something.
        Arguments.of(
            4,
            """
            # Warning: iptables-legacy tables present, use iptables-legacy to see them
            iptables-nft-restore v1.8.9 (nf_tables):\s
            line 3: CHAIN_DEL failed (Device or resource busy): chain aad-metadata
            """,
            "failed with exit code 4: line 3: CHAIN_DEL failed (Device or resource busy): chain"
                + " aad-metadata"),
        Arguments.of(
            1,
            "iptables-restore: line 3 failed\n",
            "failed with exit code 1: iptables-restore: line 3 failed"),
        Arguments.of(3, "", "failed with exit code 3: it says nothing"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void eachFailureGetsOneLineThatSaysWhatToChange(int exitCode, String errors, String expected) {
    PodIdentityException failure =
        as(65534).ofExit("iptables-restore", new Command.Result(exitCode, errors));
    assertThat(failure.reason()).isEqualTo(ErrorReason.REDIRECT_FAILED);
    assertThat(failure.getMessage())
        .startsWith("iptables-restore")
        .contains(expected)
        .doesNotContain("\n");
  }

  // The last two are those of nft 1.0.6 and iproute2 6.1.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "iptables-nft-save v1.8.9 (nf_tables): Could not fetch rule set generation id:"
            + " Permission denied (you must be root)\n",
        "iptables-save v1.8.9 (legacy): Cannot initialize: Permission denied (you must be root)\n",
        "Fatal: can't open lock file /run/xtables.lock: Permission denied\n",
        "Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed\n",
        "RTNETLINK answers: Operation not permitted\nCommand failed -:1\n"
      })
  void whatThisProcessLacksIsSaidInTheSameWordsForAllPrograms(String errors) {
    assertThat(as(65534).ofExit("x", new Command.Result(1, errors)))
        .hasMessage(
            "rules cannot be read or written: the effective uid is 65534: run it as root"
                + " (securityContext.runAsUser: 0)");
    assertThat(as(0, NET_RAW_ALONE).ofExit("x", new Command.Result(1, errors)))
        .hasMessageStartingWith("rules cannot be read or written: the capability NET_ADMIN is");
  }

  @Test
  void whoeverHasAllIsToldToLookFurther() {
    assertThat(as(0).ofExit("x", new Command.Result(1, "Permission denied (you must be root)\n")))
        .hasMessageStartingWith("x was not permitted, though")
        .hasMessageContaining("look for a security module");
  }

  /** Only the legacy back-end needs NET_RAW. */
  @Test
  void netRawIsNamedWhereItIsNeeded() {
    Command.Result denied = new Command.Result(1, "Permission denied (you must be root)\n");
    Failures withoutRaw = as(0, "000001ffffffdfff");
    for (String legacy : List.of("iptables-legacy-save", "iptables-save")) {
      assertThat(withoutRaw.ofExit(legacy, denied))
          .hasMessageContaining("the capability NET_RAW is missing");
    }
    for (String other : List.of("iptables-nft-save", "nft", "ip")) {
      assertThat(withoutRaw.ofExit(other, denied))
          .hasMessageStartingWith(other + " was not permitted, though")
          .hasMessageContaining("has the capability NET_ADMIN: look for");
    }
  }

  @Test
  void rootThatCannotOpenTheLockIsToldToMountIt() {
    assertThat(
            as(0)
                .ofExit(
                    "x",
                    new Command.Result(
                        4,
                        "Fatal: can't open lock file /run/xtables.lock: Read-only file system\n")))
        .hasMessage("x cannot open the lock /run/xtables.lock: mount the node's, writable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // JDK 17 and JDK 25.
        "Cannot run program \"iptables-save\": error=2, No such file or directory",
        "Cannot run program \"iptables-save\": Exec failed, error: 2 (Datei nicht gefunden)"
      })
  void missingProgramNamesItsPackage(String message) {
    assertThat(as(0).ofStart("iptables-save", new IOException(message)))
        .hasMessage("iptables-save is not on the PATH: install the package iptables");
  }

  @Test
  void programThatMayNotBeExecutedIsNotCalledMissing() {
    assertThat(as(0).ofStart("x", new IOException("Cannot run program \"x\": error=13, Nope")))
        .hasMessage("x may not be executed: check its mode and owner");
  }

  @Test
  void longLinesAreCut() {
    assertThat(Failures.quote("x".repeat(5000))).hasSize(201).endsWith("…");
  }

  private static Failures as(int uid) {
    return as(uid, "000001ffffffffff");
  }

  private static Failures as(int uid, String capabilities) {
    String status = "Uid:\t%1$d\t%1$d\t%1$d\t%1$d\nCapEff:\t%2$s\n".formatted(uid, capabilities);
    return new Failures(LIMITS, () -> ProcessRights.of(status));
  }
}
