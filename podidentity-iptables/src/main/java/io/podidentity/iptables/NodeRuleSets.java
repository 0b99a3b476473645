package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All of our rules on a node, the one that protects most first. Thread-safe if its parts are.
 *
 * <p>A part that fails does not keep the others from being written or removed.
 */
public final class NodeRuleSets implements RuleSet {
  private final List<RuleSet> parts;
  private final @Nullable RuleChanges changes;

  /**
   * Sets that are looked at from time to time.
   *
   * @param parts in the order in which they are written; removed in the opposite order
   */
  public NodeRuleSets(List<RuleSet> parts) {
    this(parts, null);
  }

  /**
   * Sets that are also looked at when something changed.
   *
   * @param parts as above
   * @param changes null if nothing tells of changes
   */
  public NodeRuleSets(List<RuleSet> parts, @Nullable RuleChanges changes) {
    this.parts = List.copyOf(parts);
    this.changes = changes;
  }

  @Override
  public News listen(Runnable onChange) {
    List<News> all = new ArrayList<>();
    if (changes != null) {
      all.add(changes.listen(onChange));
    }
    parts.forEach(part -> all.add(part.listen(onChange)));
    return new News() {
      @Override
      public boolean isComplete() {
        return all.stream().allMatch(News::isComplete);
      }

      @Override
      public void close() {
        all.forEach(News::close);
      }
    };
  }

  @Override
  public String name() {
    return parts.stream().map(RuleSet::name).collect(Collectors.joining(", "));
  }

  @Override
  public void check() {
    each(parts, RuleSet::check);
  }

  @Override
  public boolean ensure() {
    boolean[] changed = new boolean[1];
    each(parts, part -> changed[0] |= part.ensure());
    return changed[0];
  }

  @Override
  public void remove() {
    List<RuleSet> lastFirst = new ArrayList<>(parts);
    Collections.reverse(lastFirst);
    each(lastFirst, RuleSet::remove);
  }

  @Override
  public String text() {
    return parts.stream()
        .map(RuleSet::text)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  /** Goes on after a failure; the first one is thrown in the end, the others with it. */
  private static void each(List<RuleSet> parts, Consumer<RuleSet> work) {
    @Nullable PodIdentityException first = null;
    for (RuleSet part : parts) {
      try {
        work.accept(part);
      } catch (PodIdentityException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
