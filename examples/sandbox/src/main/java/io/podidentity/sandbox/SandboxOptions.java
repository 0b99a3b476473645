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
 * @param programs what is not to run in this process
 */
record SandboxOptions(boolean help, boolean once, @Nullable Path kubeconfig, Programs programs) {

  /**
   * Programs that run as processes of their own.
   *
   * @param mic a start script of MIC; null to run it in the sandbox's process
   * @param nmi a start script of NMI, for the node that is a virtual machine; null likewise
   */
  record Programs(@Nullable Path mic, @Nullable Path nmi) {
    static final Programs NONE = new Programs(null, null);
  }

  static final String USAGE =
      """
      Usage: ./sandbox [--once] [--kubeconfig FILE] [--mic FILE] [--nmi FILE]

      Runs MIC and NMI on this machine, with a simulated Azure and pods that are loopback addresses,
      and prints cURL commands that get tokens. It runs until Ctrl-C and leaves nothing behind.

        --once             run the whole story once; exit 0 if every step went as it should, else 1
        --kubeconfig FILE  use this Kubernetes API instead of the embedded one; it has to be empty
                           (no nodes, none of our objects), as an API server without a cluster is
        --mic FILE         start MIC by that script (bin/mic, or bin/mic-train to make its ahead-of-time
                           cache), and not in the sandbox's own process
        --nmi FILE         the same for the NMI of node-vm
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
    @Nullable Path mic = null;
    @Nullable Path nmi = null;
    for (Iterator<String> left = arguments.iterator(); left.hasNext(); ) {
      String argument = left.next();
      if (argument.equals("--help") || argument.equals("-h")) {
        help = true;
        continue;
      }
      if (argument.equals("--once")) {
        once = true;
        continue;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      boolean known = List.of("--kubeconfig", "--mic", "--nmi").contains(name);
      if (!known || (equals < 0 && !left.hasNext())) {
        throw new SandboxException(
            "cannot read the argument " + argument + "; see ./sandbox --help");
      }
      Path file = Path.of(equals < 0 ? left.next() : argument.substring(equals + 1));
      switch (name) {
        case "--mic" -> mic = file;
        case "--nmi" -> nmi = file;
        default -> kubeconfig = file;
      }
    }
    return new SandboxOptions(help, once, kubeconfig, new Programs(mic, nmi));
  }
}
