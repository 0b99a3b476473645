package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of our own in nftables, written in one transaction. How nft shows a rule differs from one
 * version to the next, so the table is compared with what nft showed right after we wrote it; the
 * first look of a process writes it anew. Not thread-safe.
 */
final class NftTable {
  private static final Logger log = LoggerFactory.getLogger(NftTable.class);

  private final String name;
  private final String text;
  private final NodeTool nft;
  private @Nullable List<String> asWritten;

  /**
   * @param name of the table, of the family ip
   * @param body what stands between its braces
   */
  NftTable(String name, String body, NodePrograms programs) {
    this.name = name;
    // To delete a table that is not there is an error; to add one that is there is none.
    this.text =
        "add table ip %1$s\ndelete table ip %1$s\ntable ip %1$s {\n%2$s}\n".formatted(name, body);
    this.nft = programs.tool("nft");
  }

  /** Whether nft is there, and the kernel and our rights let it read. */
  boolean works() {
    try {
      nft.run(List.of("list", "tables"), "", line -> {});
      return true;
    } catch (PodIdentityException e) {
      log.debug("nft does not work", e);
      return false;
    }
  }

  String text() {
    return "# nft -f -\n" + text;
  }

  /** Has the kernel look at the table, and not keep it. */
  void check() {
    nft.run(List.of("-c", "-f", "-"), text, line -> {});
  }

  boolean ensure() {
    List<String> found = listing();
    if (!found.isEmpty() && found.equals(asWritten)) {
      return false;
    }
    nft.run(List.of("-f", "-"), text, line -> {});
    List<String> now = listing();
    if (now.isEmpty()) {
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          "the nft table "
              + name
              + " is removed as soon as it is written: look for another program"
              + " that does so");
    }
    asWritten = now;
    boolean changed = !now.equals(found);
    if (changed) {
      log.info("rules written table={}", name);
    }
    return changed;
  }

  void remove() {
    asWritten = null;
    if (!listing().isEmpty()) {
      nft.run(
          List.of("-f", "-"),
          "add table ip %1$s\ndelete table ip %1$s\n".formatted(name),
          line -> {});
      log.info("rules removed table={}", name);
    }
  }

  /** Empty if there is no such table. */
  private List<String> listing() {
    // Of a table that is not there the family's list says so without an error.
    List<String> tables = nft.lines("list", "tables", "ip");
    return tables.contains("table ip " + name) ? nft.lines("list", "table", "ip", name) : List.of();
  }
}
