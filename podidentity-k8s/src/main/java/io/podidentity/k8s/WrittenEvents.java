package io.podidentity.k8s;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events that were written, by what they say, without their texts: one about each pod of a
 * large cluster is to be known again when all of them fail for long. Those that were asked for
 * least lately are forgotten. Not thread-safe.
 */
final class WrittenEvents {
  /** Of some 200 bytes each. More than may wait, or none would be left when it comes again. */
  static final int REMEMBERED = 2 * (EventQueue.MOST_WARNINGS + EventQueue.MOST_OTHERS);

  /**
   * One that was written.
   *
   * @param name the event's, in the namespace of its object
   * @param count how often it was told
   * @param last when it was told last
   */
  record Written(String name, int count, Instant last) {}

  /** What an event says, in short: pods' names give many texts of one {@code hashCode}. */
  private record Said(String object, String reason, long text) {}

  private final Map<Said, Written> written =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Said, Written> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** The one that says the same; null if none is known. */
  @Nullable Written get(EventLog.Entry entry) {
    return written.get(said(entry));
  }

  /** From now on that one says it. */
  void put(EventLog.Entry entry, Written now) {
    written.put(said(entry), now);
  }

  private static Said said(EventLog.Entry entry) {
    String object =
        "%s/%s/%s/%s"
            .formatted(
                entry.object().getKind(),
                entry.object().getNamespace(),
                entry.object().getName(),
                entry.object().getUid());
    String text = entry.type() + entry.message() + new TreeMap<>(entry.annotations());
    return new Said(object, entry.reason(), hash(text));
  }

  /** FNV-1a of 64 bits. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
