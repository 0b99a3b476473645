package io.podidentity.sandbox;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox is asked to do.
 *
 * @param help whether to print how it is used, and end
 * @param once whether to run the story once and end, instead of until Ctrl-C
 * @param kubeconfig an empty Kubernetes API to use; null for the embedded one
 */
record SandboxOptions(boolean help, boolean once, @Nullable Path kubeconfig) {
  static final String USAGE =
      """
      Usage: ./sandbox [--once] [--kubeconfig FILE]

      Runs MIC and NMI on this machine, with a simulated Azure and pods that are loopback addresses,
      and prints cURL commands that get tokens. It runs until Ctrl-C and leaves nothing behind.

        --once             run the whole story once; exit 0 if every step went as it should, else 1
        --kubeconfig FILE  use this Kubernetes API instead of the embedded one; it has to be empty
                           (no nodes, none of our objects), as an API server without a cluster is
        --help             print this
      """;

  /**
   * Reads the arguments.
   *
   * @throws SandboxException if they are not as in {@link #USAGE}
   */
  static SandboxOptions parse(List<String> arguments) {
    boolean help = false;
    boolean once = false;
    @Nullable Path kubeconfig = null;
    for (Iterator<String> left = arguments.iterator(); left.hasNext(); ) {
      String argument = left.next();
      if (argument.equals("--help") || argument.equals("-h")) {
        help = true;
      } else if (argument.equals("--once")) {
        once = true;
      } else if (argument.equals("--kubeconfig") && left.hasNext()) {
        kubeconfig = Path.of(left.next());
      } else if (argument.startsWith("--kubeconfig=")) {
        kubeconfig = Path.of(argument.substring("--kubeconfig=".length()));
      } else {
        throw new SandboxException(
            "cannot read the argument " + argument + "; see ./sandbox --help");
      }
    }
    return new SandboxOptions(help, once, kubeconfig);
  }
}
