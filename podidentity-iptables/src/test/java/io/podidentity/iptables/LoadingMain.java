package io.podidentity.iptables;

import java.util.List;

/** Runs one part of the module in a JVM of its own; another one looks at what that loaded. */
final class LoadingMain {
  private LoadingMain() {}

  public static void main(String[] arguments) {
    if (arguments[0].equals("native")) {
      if (Posix.tryLock("/proc/self/status") == Posix.Lock.UNKNOWN) {
        throw new IllegalStateException("the native library cannot be loaded");
      }
      return;
    }
    String inPlace =
        "printf '%s\\n' '*nat' ':aad-metadata - [0:0]' '-A PREROUTING -j aad-metadata' '-A "
            + String.join("' '-A ", chain())
            + "' COMMIT";
    IptablesCommands commands = IptablesCommands.of("iptables");
    IptablesRedirect redirect =
        new IptablesRedirect(
            RedirectRules.DEFAULT,
            new IptablesCommands(
                List.of("sh", "-c", inPlace),
                List.of("false"),
                commands.lock(),
                commands.lockWait(),
                commands.timeout()));
    if (redirect.ensure()) {
      throw new IllegalStateException("the rules were in place");
    }
  }

  private static List<String> chain() {
    return RedirectRules.DEFAULT.chain().rules().stream()
        .map(rule -> RedirectRules.CHAIN + " " + rule)
        .toList();
  }
}
