package io.podidentity.iptables;

import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK does not offer of the C library. Loaded by the first call and not before: it costs
 * about 25 MiB of resident memory and 0.3 s, and NMI needs it only to explain a failure. Every
 * method has an answer for a machine on which it cannot be loaded.
 *
 * <p>To be loaded, the native library is unpacked into {@code java.io.tmpdir} (if that is missing,
 * read-only or mounted {@code noexec}, into the working directory) as {@code jffi*.so}, and deleted
 * as soon as it is loaded; a copy that could not be loaded goes when the JVM exits.
 */
final class Posix {
  /** What flock(2) of Linux calls them. */
  private static final int LOCK_EX = 2;

  private static final int LOCK_NB = 4;

  private static final int O_RDONLY = 0;

  private Posix() {}

  /** Whether the lock of a file could be taken just now. */
  enum Lock {
    /** Nobody holds it. */
    FREE,
    /** Somebody holds it. */
    HELD,
    /** That cannot be told. */
    UNKNOWN
  }

  private static final class Library {
    static final @Nullable POSIX LOADED = load();

    private static @Nullable POSIX load() {
      try {
        POSIX library = POSIXFactory.getNativePOSIX();
        return library.isNative() ? library : null;
      } catch (LinkageError | RuntimeException e) {
        return null;
      }
    }
  }

  /**
   * Tries the file's flock(2), and releases it at once. The JDK's own file locks are those of
   * fcntl(2), which know nothing of flock's.
   *
   * @param file an existing file
   */
  static Lock tryLock(String file) {
    POSIX library = Library.LOADED;
    if (library == null) {
      return Lock.UNKNOWN;
    }
    int descriptor = library.open(file, O_RDONLY, 0);
    if (descriptor < 0) {
      return Lock.UNKNOWN;
    }
    // Closing the descriptor releases what it got.
    boolean got = library.flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    library.close(descriptor);
    return got ? Lock.FREE : Lock.HELD;
  }
}
