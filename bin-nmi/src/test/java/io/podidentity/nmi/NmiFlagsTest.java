package io.podidentity.nmi;

import io.podidentity.bin.GoFlags;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.FlagsContract;
import java.util.Map;
import java.util.Set;

/** Every flag of v1's NMI. */
final class NmiFlagsTest extends FlagsContract {
  NmiFlagsTest() {
    super("nmi", Map.of(), Set.of("enableProfile"));
  }

  @Override
  protected CommandLine commandLine() {
    GoFlags flags = new GoFlags(new NmiFlags(), new ProgramVersion("nmi", "1", "commit", "date"));
    return new CommandLine(flags::parse, flags::withoutEffect, flags::value);
  }
}
