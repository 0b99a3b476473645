package io.podidentity.iptables;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What one back-end's {@code iptables-save} tells of who uses it. Reading without {@code -t} shows
 * the tables that exist, and makes none.
 */
final class BackendScan implements Consumer<String> {
  private final Set<String> tables = new HashSet<>();
  private boolean kubelet;
  private boolean kube;
  private int rules;

  @Override
  public void accept(String line) {
    if (line.startsWith("*")) {
      tables.add(line.substring(1));
    } else if (line.startsWith("# Table `") && line.contains("is incompatible")) {
      tables.add(line.substring("# Table `".length(), line.indexOf('\'')));
    } else if (line.startsWith("-A ")) {
      rules++;
    } else if (line.startsWith(":KUBE-")) {
      kube = true;
      // The kubelet makes them for programs in containers that ask what we ask.
      kubelet |=
          line.startsWith(":KUBE-IPTABLES-HINT ") || line.startsWith(":KUBE-KUBELET-CANARY ");
    }
  }

  /** Whether that table exists. */
  boolean has(String table) {
    return tables.contains(table);
  }

  /** Whether the kubelet has its own chains there. */
  boolean hasKubeletsChains() {
    return kubelet;
  }

  /** Whether a part of Kubernetes has chains there. */
  boolean hasKubesChains() {
    return kube;
  }

  int rules() {
    return rules;
  }
}
