package io.podidentity.iptables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the kernel delivers packets from outside to 127.0.0.1, as a redirect to it needs.
 * kube-proxy switches that on in some of its modes. Nothing is changed: it opens 127.0.0.1 to pods.
 * A difference is told in the log. Thread-safe.
 */
public final class RouteLocalnet implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(RouteLocalnet.class);

  private static final String SETTING = "route_localnet";
  private static final String ALL = "all";
  private static final int SHOWN = 5;

  /** The destination of a default route. */
  private static final String ANYWHERE = "00000000";

  private final Path settings;
  private final Path routes;
  private final Path links;
  private final Object lock = new Object();
  private volatile List<String> told = List.of();

  /** Looks into the settings of the node that this process runs on. */
  public RouteLocalnet() {
    this(Path.of("/proc/sys/net/ipv4/conf"), Path.of("/proc/net/route"), Path.of("/sys/class/net"));
  }

  /**
   * Looks elsewhere.
   *
   * @param settings a folder for each interface
   * @param routes as proc(5) has them
   * @param links a folder for each interface, with {@code bridge} in it if it is one
   */
  RouteLocalnet(Path settings, Path routes, Path links) {
    this.settings = settings;
    this.links = links;
    this.routes = routes;
  }

  /** How many interfaces it was off on when it was looked at last. */
  public int off() {
    return told.size();
  }

  @Override
  public String name() {
    return SETTING;
  }

  /** Nothing: there are no rules of it. */
  @Override
  public String text() {
    return "";
  }

  /** Tells too. */
  @Override
  public void check() {
    ensure();
  }

  /** Looks. */
  @Override
  public boolean ensure() {
    List<String> off = interfacesWithout();
    synchronized (lock) {
      if (!off.isEmpty() && !off.equals(told)) {
        log.warn(
            "{} is off on {} interfaces, such as {}: a pod behind them cannot be redirected to"
                + " 127.0.0.1, and is refused; set net.ipv4.conf.all.{}=1, as kube-proxy may, or use"
                + " --redirect-target",
            SETTING,
            off.size(),
            off.subList(0, Math.min(SHOWN, off.size())),
            SETTING);
      }
      told = off;
    }
    return false;
  }

  @Override
  public void remove() {
    // There is nothing of ours.
  }

  /**
   * The interfaces on which it is off; empty if that cannot be told. Not lo, and not those of a
   * default route: no pod of this node is behind these, unless it is a bridge.
   */
  List<String> interfacesWithout() {
    try (Stream<Path> interfaces = Files.list(settings)) {
      if (isOn(settings.resolve(ALL))) {
        return List.of();
      }
      Set<String> none = new HashSet<>(List.of(ALL, "default", "lo"));
      none.addAll(uplinks());
      return interfaces
          .filter(path -> !none.contains(path.getFileName().toString()))
          .filter(path -> !isOn(path))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      log.debug("{} cannot be read", SETTING, e);
      return List.of();
    }
  }

  private Set<String> uplinks() throws IOException {
    Set<String> uplinks = new HashSet<>();
    for (String line : Files.readAllLines(routes)) {
      List<String> words = List.of(line.split("\\s+", 3));
      if (words.size() > 1
          && words.get(1).equals(ANYWHERE)
          && !Files.exists(links.resolve(words.get(0)).resolve("bridge"))) {
        uplinks.add(words.get(0));
      }
    }
    return uplinks;
  }

  /** An interface that went away meanwhile is none to tell of. */
  private static boolean isOn(Path path) {
    try {
      return Files.readString(path.resolve(SETTING)).strip().equals("1");
    } catch (IOException e) {
      return true;
    }
  }
}
