package io.podidentity.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The boundaries of one process's calls, of Kubernetes its writes and of Azure all: {@code before
 * PATCH virtualMachines #1} is the moment before its first such call goes out, {@code after …} that
 * before it learns of the answer. At one of them the process can be made to wait. Thread-safe.
 */
final class Gate {
  private static final Pattern CALL =
      Pattern.compile(
          "^(?:(POST|PUT|PATCH|DELETE) (?=(\\S+))\\S*/"
              + "(azureassignedidentities|events|endpoints|leases|configmaps|virtualMachines)"
              + "|(GET) (?=(\\S+))\\S*/(virtualMachines|operations))\\b.*");

  // All guarded by this.
  private final List<String> passed = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, String> targets = new HashMap<>();
  private String stopAt = "";
  private boolean reached;
  private boolean open;
  private boolean dropped;

  /**
   * A call that has boundaries.
   *
   * @param kind method and resource, for example {@code PATCH virtualMachines}
   * @param target the object that it is about, or what it is made in
   */
  record Call(String kind, String target) {
    /** What a request line asks for; null if that has no boundaries. */
    static @Nullable Call of(String line) {
      Matcher call = CALL.matcher(line);
      if (!call.matches()) {
        return null;
      }
      int first = call.group(1) != null ? 1 : 4;
      String target = call.group(first + 1).replaceAll("\\?.*", "");
      return new Call(call.group(first) + " " + call.group(first + 2), target);
    }
  }

  /** Counts from here on, and stops at that boundary; at none if it is empty. */
  synchronized void begin(String boundary) {
    passed.clear();
    counts.clear();
    targets.clear();
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

  /** The object that the call at a boundary was about; empty if it was not passed. */
  synchronized String target(String boundary) {
    return targets.getOrDefault(boundary, "");
  }

  /**
   * How many boundaries of a kind were passed.
   *
   * @param kind without the number, for example {@code after POST events}
   */
  synchronized int count(String kind) {
    return counts.getOrDefault(kind, 0);
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
  synchronized boolean mayPass(String when, Call call) {
    String kind = when + " " + call.kind();
    String boundary = kind + " #" + counts.merge(kind, 1, Integer::sum);
    passed.add(boundary);
    targets.put(boundary, call.target());
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
