package io.podidentity.harness;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Something to be undone once: by its owner, or when the JVM exits, whichever comes first. At exit
 * the youngest goes first, so that a process ends before the namespace and the folder it lives in.
 * Thread-safe.
 */
public final class Cleanup {

  private static final Object LOCK = new Object();
  private static final Set<Cleanup> PENDING = new LinkedHashSet<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::runAll, "harness-cleanup"));
  }

  private final Runnable action;

  private Cleanup(Runnable action) {
    this.action = action;
  }

  /**
   * Remembers the action.
   *
   * @param action what undoes it; it must not wait for long
   */
  public static Cleanup atExit(Runnable action) {
    Cleanup cleanup = new Cleanup(action);
    synchronized (LOCK) {
      PENDING.add(cleanup);
    }
    return cleanup;
  }

  /** Runs the action now, unless it ran already. */
  public void run() {
    boolean mine;
    synchronized (LOCK) {
      mine = PENDING.remove(this);
    }
    if (mine) {
      action.run();
    }
  }

  private static void runAll() {
    List<Cleanup> youngestLast;
    synchronized (LOCK) {
      youngestLast = new ArrayList<>(PENDING);
    }
    for (int i = youngestLast.size() - 1; i >= 0; i--) {
      try {
        youngestLast.get(i).run();
      } catch (RuntimeException e) {
        // The others still have to be undone, and nobody is left to be told.
      }
    }
  }
}
