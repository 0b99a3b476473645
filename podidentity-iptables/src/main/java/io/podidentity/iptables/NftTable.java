package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of our own in nftables, written in one transaction. How nft shows a rule differs from one
 * version to the next, so the table is compared with what nft showed right after we wrote it, if
 * that has as many rules as we wrote and none that lets packets pass; the first look of a process
 * writes it anew. Not thread-safe.
 */
final class NftTable {
  private static final Logger log = LoggerFactory.getLogger(NftTable.class);

  private static final List<String> CHECK = List.of("-c", "-f", "-");

  /** Lines of a table, or of its text, that are no rules. */
  private static final Pattern NO_RULE =
      Pattern.compile("\\s*(?:|}|#.*|type .*;|(?:table|chain) .*\\{)\\s*");

  private static final Pattern PASSES = Pattern.compile("\\b(?:accept|return)\\b");

  private final String family;
  private final String name;
  private final String text;
  private final long rules;
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
    this.rules = rules(body.lines()).count();
    this.text = removal(family) + "table %s %s {\n%s}\n".formatted(family, name, body);
    this.nft = programs.tool("nft");
  }

  /** To delete a table that is not there is an error; to add one that is there is none. */
  private String removal(String of) {
    return "add table %1$s %2$s\ndelete table %1$s %2$s\n".formatted(of, name);
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

  /**
   * Whether the kernel has no tables of this family, or nft does not work here at all.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if nft does not tell
   */
  boolean familyIsMissing() {
    List<String> any = List.of("list", "tables");
    return !nft.succeeds(any, "")
        || (!nft.succeeds(CHECK, removal(family)) && nft.succeeds(CHECK, removal("ip")));
  }

  /** Whether it was written by this process, and not removed since. */
  boolean isWritten() {
    return asWritten != null;
  }

  String text() {
    return "# nft -f -\n" + text;
  }

  /** Has the kernel look at the table, and not keep it. */
  void check() {
    nft.run(CHECK, text, line -> {});
  }

  boolean ensure() {
    List<String> found = listing();
    if (!found.isEmpty() && found.equals(asWritten)) {
      return false;
    }
    nft.run(List.of("-f", "-"), text, line -> {});
    List<String> now = listing();
    if (!isWhole(now)) {
      throw new PodIdentityException(
          ErrorReason.REDIRECT_FAILED,
          "the nft table "
              + name
              + " is changed as soon as it is written: look for another program"
              + " that does so");
    }
    asWritten = now;
    boolean changed = !now.equals(found);
    if (changed) {
      log.info("rules written family={} table={}", family, name);
    }
    return changed;
  }

  /** What somebody else did to it since we wrote it must not pass for what nft makes of it. */
  private boolean isWhole(List<String> listing) {
    return rules(listing.stream()).count() == rules
        && rules(listing.stream()).noneMatch(rule -> PASSES.matcher(rule).find());
  }

  private static Stream<String> rules(Stream<String> lines) {
    return lines.filter(line -> !NO_RULE.matcher(line).matches());
  }

  void remove() {
    asWritten = null;
    if (!listing().isEmpty()) {
      nft.run(List.of("-f", "-"), removal(family), line -> {});
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
