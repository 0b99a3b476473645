package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
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

  private final String family;
  private final String name;
  private final String text;
  private final NodeTool nft;
  private @Nullable List<String> asWritten;

  /**
   * @param family of the table, such as {@code ip}
   * @param name of the table
   * @param body what stands between its braces
   */
  NftTable(String family, String name, String body, NodePrograms programs) {
    this.family = family;
    this.name = name;
    this.text = removal() + "table %s %s {\n%s}\n".formatted(family, name, body);
    this.nft = programs.tool("nft");
  }

  /** To delete a table that is not there is an error; to add one that is there is none. */
  private String removal() {
    return "add table %1$s %2$s\ndelete table %1$s %2$s\n".formatted(family, name);
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

  /** Whether the kernel has tables of this family. */
  boolean familyWorks() {
    try {
      nft.run(List.of("-c", "-f", "-"), removal(), line -> {});
      return true;
    } catch (PodIdentityException e) {
      log.debug("nft family={} does not work", family, e);
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
      log.info("rules written family={} table={}", family, name);
    }
    return changed;
  }

  void remove() {
    asWritten = null;
    if (!listing().isEmpty()) {
      nft.run(List.of("-f", "-"), removal(), line -> {});
      log.info("rules removed family={} table={}", family, name);
    }
  }

  /** Empty if there is no such table. */
  private List<String> listing() {
    List<String> lines = new ArrayList<>();
    Command.Result shown = nft.attempt(List.of("list", "table", family, name), "", lines::add);
    if (shown.exitCode() == 0) {
      return lines;
    }
    // Of a table that is not there the family's list says so without an error.
    List<String> tables = nft.lines("list", "tables", family);
    return tables.contains("table %s %s".formatted(family, name))
        ? nft.lines("list", "table", family, name)
        : List.of();
  }
}
