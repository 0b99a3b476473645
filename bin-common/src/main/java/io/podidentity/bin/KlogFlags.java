package io.podidentity.bin;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The flags of klog, v1's logger. Manifests and charts pass them, so they are accepted; they have
 * no effect.
 *
 * @see <a href="https://pkg.go.dev/k8s.io/klog/v2#InitFlags">klog.InitFlags</a>
 */
final class KlogFlags {
  private static final Set<String> BOOLEANS =
      Set.of(
          "add_dir_header",
          "alsologtostderr",
          "logtostderr",
          "one_output",
          "skip_headers",
          "skip_log_headers");
  private static final Set<String> WITH_VALUE =
      Set.of(
          "log_backtrace_at",
          "log_dir",
          "log_file",
          "log_file_max_size",
          "stderrthreshold",
          "v",
          "vmodule");

  private static final Pattern VERBOSITY = Pattern.compile("-v\\d+");

  private KlogFlags() {}

  /** Whether it is {@code -v5}, which v1's NMI takes for {@code -v=5}. */
  static boolean isVerbosity(String argument) {
    return VERBOSITY.matcher(argument).matches();
  }

  static boolean isOne(String name) {
    return BOOLEANS.contains(name) || WITH_VALUE.contains(name);
  }

  static boolean takesValue(String name) {
    return WITH_VALUE.contains(name);
  }
}
