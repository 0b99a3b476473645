package io.podidentity.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The boundaries of one process's writes: {@code before PATCH virtualMachines #1} is the moment
 * before its first such call goes out, {@code after …} that before it learns of the answer. At one
 * of them the process can be made to wait. Thread-safe.
 */
final class Gate {
  private static final Pattern WRITE =
      Pattern.compile(
          "^(POST|PUT|PATCH|DELETE) \\S*/(azureassignedidentities|events|endpoints|leases|configmaps"
              + "|virtualMachines)\\b.*");

  // All guarded by this.
  private final List<String> passed = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private String stopAt = "";
  private boolean reached;
  private boolean open;
  private boolean dropped;

  /** What a request's head asks for, if that is a write. */
  static @Nullable String call(String head) {
    Matcher write = WRITE.matcher(head.lines().findFirst().orElse(""));
    return write.matches() ? write.group(1) + " " + write.group(2) : null;
  }

  /** Counts from here on, and stops at that boundary; at none if it is empty. */
  synchronized void begin(String boundary) {
    passed.clear();
    counts.clear();
    stopAt = boundary;
    reached = false;
    open = false;
    dropped = false;
  }

  /** Whether something waits at the boundary, or has waited there. */
  synchronized boolean isReached() {
    return reached;
  }

  /** The boundaries that were passed since {@link #begin}, in order. */
  synchronized List<String> passed() {
    return List.copyOf(passed);
  }

  /** Lets go on what waits. */
  synchronized void open() {
    open = true;
    notifyAll();
  }

  /** Cuts off what waits: the process is dead. */
  synchronized void drop() {
    dropped = true;
    open();
  }

  /** Called by the proxies; false if the connection is to be cut. */
  synchronized boolean mayPass(String when, String call) {
    String kind = when + " " + call;
    String boundary = kind + " #" + counts.merge(kind, 1, Integer::sum);
    passed.add(boundary);
    if (boundary.equals(stopAt)) {
      reached = true;
      try {
        while (!open) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return !dropped;
    }
    return true;
  }
}
