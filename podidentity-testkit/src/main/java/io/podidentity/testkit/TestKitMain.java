package io.podidentity.testkit;

import io.podidentity.testkit.azure.SimulatedAzureMain;
import io.podidentity.testkit.conformance.ConformanceMain;
import java.util.Arrays;
import java.util.List;

/** What the runnable jar does: {@code azure} or {@code conformance}, each with its own flags. */
public final class TestKitMain {
  private static final String USAGE =
      """
      azure FLAGS         a simulated Azure: the metadata service, Entra ID and Resource Manager
      conformance FLAGS   asks a token endpoint what SDKs ask, and prints a table
      Each lists its flags with --help.
      """;

  private TestKitMain() {}

  /** Runs it; the exit code is 2 if the first word is none of them. */
  public static void main(String[] arguments) throws InterruptedException {
    List<String> given = List.of(arguments);
    String command = given.isEmpty() ? "" : given.get(0);
    switch (command) {
      case "azure" -> SimulatedAzureMain.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "conformance" ->
          System.exit(ConformanceMain.run(given.subList(1, given.size()), System.out, System.err));
      case "--help", "-h" -> System.out.print(USAGE);
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }
}
