package io.podidentity.mic;

import io.podidentity.bin.GoFlags;
import io.podidentity.bin.ProgramVersion;
import io.podidentity.harness.FlagsContract;
import java.util.Map;
import java.util.Set;

/** Every flag of v1's MIC. */
final class MicFlagsTest extends FlagsContract {
  MicFlagsTest() {
    super("mic", Map.of("clientQps", 200.0), Set.of("enableProfile", "enableScaleFeatures"));
  }

  @Override
  protected CommandLine commandLine() {
    GoFlags flags = new GoFlags(new MicFlags(), new ProgramVersion("mic", "1", "commit", "date"));
    return new CommandLine(flags::parse, flags::withoutEffect, flags::value);
  }
}
