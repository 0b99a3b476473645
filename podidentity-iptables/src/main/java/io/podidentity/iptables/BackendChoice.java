package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which back-end of iptables our rules go to: the one that holds the cluster's other rules, because
 * the order of rules means something within one only. The kubelet's chains say which that is; where
 * there are none, kube-proxy's; else the one with more rules, newest first, until there are some.
 * Thread-safe.
 */
public final class BackendChoice {
  private static final Logger log = LoggerFactory.getLogger(BackendChoice.class);

  /** The legacy back-end's tables of this network namespace; not there without its module. */
  private static final Path LEGACY_TABLES = Path.of("/proc/net/ip_tables_names");

  private final NodePrograms programs;
  private final @Nullable IptablesBackend wanted;
  private final @Nullable IptablesCommands given;

  private final Set<IptablesBackend> told =
      Collections.synchronizedSet(EnumSet.noneOf(IptablesBackend.class));
  private final Set<IptablesBackend> toldOfOthers =
      Collections.synchronizedSet(EnumSet.noneOf(IptablesBackend.class));
  private final Object lock = new Object();
  private @Nullable IptablesCommands chosen;
  private boolean certain;

  private BackendChoice(
      NodePrograms programs, @Nullable IptablesBackend wanted, @Nullable IptablesCommands given) {
    this.programs = programs;
    this.wanted = wanted;
    this.given = given;
  }

  /** Found out on the node, when it is needed. */
  public static BackendChoice auto(NodePrograms programs) {
    return new BackendChoice(programs, null, null);
  }

  /** That one, whatever is on the node. Rules are removed from the other one all the same. */
  public static BackendChoice of(IptablesBackend backend, NodePrograms programs) {
    return new BackendChoice(programs, backend, null);
  }

  /** Those commands and no others. */
  static BackendChoice fixed(IptablesCommands commands) {
    return new BackendChoice(NodePrograms.HERE, null, commands);
  }

  /**
   * The commands to write with.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if no back-end works
   */
  IptablesCommands current() {
    if (given != null) {
      return given;
    }
    if (wanted != null) {
      return programs.iptables(wanted.family());
    }
    synchronized (lock) {
      IptablesCommands last = chosen;
      return last != null && certain ? last : choose();
    }
  }

  /** Whether the legacy back-end is to be used, or has to be read to find out whether it is. */
  public boolean mayBeLegacy() {
    if (wanted != null) {
      return wanted == IptablesBackend.LEGACY;
    }
    try {
      return !Files.readString(LEGACY_TABLES).isBlank();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether the legacy back-end is the one in use, as far as that is known. */
  boolean isLegacy() {
    if (wanted != null) {
      return wanted == IptablesBackend.LEGACY;
    }
    synchronized (lock) {
      return chosen != null && chosen.equals(programs.iptables(IptablesBackend.LEGACY.family()));
    }
  }

  /**
   * The commands of each back-end that has that table.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if no back-end works
   */
  List<IptablesCommands> withTable(String table) {
    if (given != null) {
      return List.of(given);
    }
    Map<IptablesBackend, BackendScan> scans = scans();
    for (IptablesBackend backend : IptablesBackend.values()) {
      if (!scans.containsKey(backend) && told.add(backend)) {
        log.warn(
            "iptables backend={} does not work here: if it holds rules of ours, they stay",
            backend.family());
      }
    }
    return working(scans, table);
  }

  /**
   * Back-ends that are not used.
   *
   * @param commands of those that have the table
   * @param complete whether there are no others; one that is there and could not be read may have
   *     it too
   */
  record Others(List<IptablesCommands> commands, boolean complete) {}

  /**
   * The back-ends but one that have that table; none if all is decided.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if no back-end works
   */
  Others others(IptablesCommands but, String table) {
    if (given != null) {
      return new Others(List.of(), true);
    }
    Set<IptablesBackend> unread = EnumSet.noneOf(IptablesBackend.class);
    Map<IptablesBackend, BackendScan> scans = scans(unread);
    for (IptablesBackend backend : IptablesBackend.values()) {
      if (!scans.containsKey(backend) && toldOfOthers.add(backend)) {
        log.info(
            "iptables backend={} does not work here: what an earlier NMI may have left in it stays",
            backend.family());
      }
    }
    return new Others(
        working(scans, table).stream().filter(commands -> !commands.equals(but)).toList(),
        unread.isEmpty());
  }

  private List<IptablesCommands> working(Map<IptablesBackend, BackendScan> scans, String table) {
    List<IptablesCommands> all = new ArrayList<>();
    scans.forEach(
        (backend, scan) -> {
          if (scan.has(table)) {
            all.add(programs.iptables(backend.family()));
          }
        });
    return all;
  }

  private IptablesCommands choose() {
    Map<IptablesBackend, BackendScan> scans = scans();
    Choice choice = choice(scans);
    IptablesCommands now = programs.iptables(choice.backend().family());
    if (!now.equals(chosen)) {
      log.info("iptables backend={} reason=\"{}\"", choice.backend().family(), choice.reason());
    }
    chosen = now;
    certain = choice.certain();
    return now;
  }

  /**
   * A choice and why.
   *
   * @param certain whether the node says so, so that it need not be asked again
   */
  record Choice(IptablesBackend backend, boolean certain, String reason) {}

  /**
   * @param scans of the back-ends that work; at least one
   */
  static Choice choice(Map<IptablesBackend, BackendScan> scans) {
    for (IptablesBackend backend : scans.keySet()) {
      if (matches(scans, backend, BackendScan::hasKubeletsChains)) {
        return new Choice(backend, true, "the kubelet's chains are there");
      }
    }
    for (IptablesBackend backend : scans.keySet()) {
      if (matches(scans, backend, BackendScan::hasKubesChains)) {
        return new Choice(backend, true, "chains of Kubernetes are there");
      }
    }
    IptablesBackend most = scans.keySet().iterator().next();
    for (Map.Entry<IptablesBackend, BackendScan> other : scans.entrySet()) {
      BackendScan best = scans.get(most);
      if (best != null && other.getValue().rules() > best.rules()) {
        most = other.getKey();
      }
    }
    return new Choice(most, false, "no chains of Kubernetes are there yet");
  }

  private static boolean matches(
      Map<IptablesBackend, BackendScan> scans,
      IptablesBackend backend,
      Predicate<BackendScan> test) {
    BackendScan scan = scans.get(backend);
    return scan != null && test.test(scan);
  }

  private Map<IptablesBackend, BackendScan> scans() {
    return scans(EnumSet.noneOf(IptablesBackend.class));
  }

  /**
   * @param unread is given those that are there and do not work
   */
  private Map<IptablesBackend, BackendScan> scans(Set<IptablesBackend> unread) {
    Map<IptablesBackend, BackendScan> scans = new EnumMap<>(IptablesBackend.class);
    @Nullable PodIdentityException failure = null;
    for (IptablesBackend backend : IptablesBackend.values()) {
      BackendScan scan = new BackendScan();
      try {
        programs.tool(backend.family() + "-save").run(List.of(), "", scan);
        scans.put(backend, scan);
      } catch (PodIdentityException e) {
        log.debug("iptables backend={} does not work", backend.family(), e);
        failure = failure == null ? e : failure;
        if (!Failures.isOfMissingProgram(e)) {
          unread.add(backend);
        }
      }
    }
    if (scans.isEmpty() && failure != null) {
      throw failure;
    }
    return scans;
  }
}
