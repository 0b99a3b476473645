package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.Subscription;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds pods' addresses to the interfaces that the node knows for them: a packet to the metadata
 * service or to NMI that comes with a pod's address from elsewhere is dropped. A pin is kept until
 * its pod is gone, and moves when the node's route for the address does.
 *
 * <p>The kernel removes all of it when this process ends, however it ends, and lets nobody else
 * change it. Needs nft and a kernel with owned tables (5.12). Thread-safe.
 */
public final class SourcePins implements RuleSet, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SourcePins.class);

  /** Where libcni keeps what network plugins answered. */
  public static final Path RESULTS = Path.of("/var/lib/cni/cache/results");

  /** What came before a pin was there has been answered by then, or thrown away. */
  private static final Duration SETTLED = Duration.ofSeconds(1);

  /** How the names of the tables begin. */
  static final String NAME = "podidentity-pins-";

  /** The pods of this node, as far as they are known. */
  public interface Pods {
    /** All of them now. */
    List<Pod> all();

    /** Calls back, on any thread, after each change of one of them. */
    Subscription onAnyChange(Runnable wake);
  }

  /** What is told of spoofed packets. */
  public interface Alarm {
    /**
     * Packets were dropped that came with a pod's address from elsewhere.
     *
     * @param pod whose address it is
     * @param address in dotted form
     * @param packets how many, since the last time; positive
     */
    void spoofed(Pod pod, String address, long packets);
  }

  private final Pods pods;
  private final NodePrograms programs;
  private final Path results;
  private final Alarm alarm;
  private final PinTables tables;

  private final Object lock = new Object();
  // Guarded by lock, as is all that is not final or volatile. Also those that an nft took along.
  private Map<String, Pin> pins = Map.of();
  private final SpoofCounts counts = new SpoofCounts();
  private Set<String> told = Set.of();

  private volatile @Nullable HeldAddresses held;

  /** The last one that was begun; it may not hold anything yet. */
  private volatile @Nullable NftSession running;

  private volatile boolean closed;
  private volatile Runnable wake = () -> {};
  private volatile int addresses;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * Pins that are not written yet.
   *
   * @param pods asked on each look
   * @param results the folder of the network plugins' results, for bridges
   * @param metadataAddress the metadata service's IPv4 address in dotted form
   * @param port NMI's
   * @param alarm called while it looks or counts; quick
   */
  public SourcePins(
      Pods pods,
      NodePrograms programs,
      Path results,
      String metadataAddress,
      int port,
      Alarm alarm) {
    this.pods = pods;
    this.programs = programs;
    this.results = results;
    this.alarm = alarm;
    byte[] random = new byte[4];
    // Two NMIs may be there at once, each in a PID namespace of its own.
    new SecureRandom().nextBytes(random);
    this.tables = tables(HexFormat.of().formatHex(random), metadataAddress, port);
  }

  private static PinTables tables(String suffix, String metadataAddress, int port) {
    RedirectRules.checkAddress(metadataAddress, "metadataAddress");
    return new PinTables(NAME + suffix, metadataAddress, port);
  }

  /**
   * What would be written on any node, without the pins, which depend on its pods; in the form of
   * {@link #text()}.
   *
   * @param metadataAddress the metadata service's IPv4 address in dotted form
   * @param port NMI's
   */
  public static String text(String metadataAddress, int port) {
    return text(tables("XXXXXXXX", metadataAddress, port));
  }

  private static String text(PinTables tables) {
    return """
        # nft -i, which NMI keeps running: the tables end with it
        # each process has other digits for X; the sets are filled from the pods of the node
        """
        + tables.text();
  }

  @Override
  public String name() {
    return "source pins";
  }

  @Override
  public String text() {
    return text(tables);
  }

  /**
   * Brings the pins up to date.
   *
   * @return false: nobody else can change them
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if that failed; pins that are there
   *     stay, unless nft has ended
   */
  @Override
  public boolean ensure() {
    synchronized (lock) {
      if (!closed) {
        countHere();
        update();
      }
      return false;
    }
  }

  /**
   * Looks what was dropped since the last time. Does nothing while there are no pins.
   *
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if nft does not answer
   */
  public void count() {
    synchronized (lock) {
      countHere();
    }
  }

  @Override
  public News listen(Runnable onChange) {
    wake = onChange;
    Subscription changes = pods.onAnyChange(onChange);
    // A pod's interface may be replaced without news of the pod.
    Monitor links =
        new Monitor(
            programs.command("ip", "-4", "monitor", "link", "route"), line -> true, onChange);
    return new News() {
      @Override
      public boolean isComplete() {
        return links.isListening();
      }

      @Override
      public void close() {
        changes.close();
        links.close();
      }
    };
  }

  private void update() {
    Map<String, Optional<Pod>> owners = AddressOwners.of(pods.all());
    addresses = owners.size();
    PodSources sources = PodSources.read(programs, results);
    HeldAddresses now = session();
    Map<String, Pin> wanted = Pin.of(owners, sources, pins);
    Map<String, PodSource> places = Pin.sources(wanted);
    PinnedSources after = new PinnedSources(places, sources.portsOf(places.values()));
    String change = tables.update(now.pins(), after);
    if (!change.isEmpty()) {
      now.session().run(change);
    }
    pins = wanted;
    held = now.changedTo(after, System.nanoTime());
    tellUnpinned(owners.keySet());
  }

  private void tellUnpinned(Set<String> all) {
    Set<String> without = new TreeSet<>(all);
    without.removeAll(pins.keySet());
    if (!without.isEmpty() && !without.equals(told)) {
      log.warn("no source pin for {} addresses: {}", without.size(), without);
    }
    told = without;
  }

  private HeldAddresses session() {
    HeldAddresses now = held;
    if (now == null || !now.session().isAlive()) {
      held = null;
      now = HeldAddresses.none(openWithTables());
      counts.reset();
      held = now;
    }
    return now;
  }

  /** One that has no tables is not kept: the next look would take it for one that has. */
  private NftSession openWithTables() {
    NftSession before = running;
    if (before != null) {
      // Its tables have the same name.
      before.awaitEnd();
    }
    NftSession opened = NftSession.open(programs, this::ended);
    running = opened;
    if (closed) {
      opened.close();
    }
    try {
      opened.run(tables.creation());
    } catch (PodIdentityException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  /** One that held something is missed at once; for others whoever looks comes again. */
  private void ended(NftSession session) {
    HeldAddresses now = held;
    if (!closed && now != null && now.session() == session) {
      wake.run();
    }
  }

  private void countHere() {
    HeldAddresses now = held;
    if (now == null || !now.session().isAlive()) {
      return;
    }
    List<String> counters = new ArrayList<>();
    tables.listings().forEach(listing -> counters.addAll(now.session().run(listing)));
    counts
        .more(PinTables.dropped(counters))
        .forEach(
            (address, packets) -> {
              dropped.addAndGet(packets);
              log.warn("spoofed packets dropped address={} packets={}", address, packets);
              Pin pin = pins.get(address);
              if (pin != null) {
                alarm.spoofed(pin.pod(), address, packets);
              }
            });
  }

  /**
   * Whether what comes from the address now can only come from its pod: it is held to that pod's
   * interface, and has been for a second. Quick.
   */
  public boolean isPinned(InetAddress address) {
    HeldAddresses now = held;
    return now != null && now.holds(address.getHostAddress(), SETTLED.toNanos(), System.nanoTime());
  }

  /** How many addresses have a pin. */
  public int pinned() {
    HeldAddresses now = held;
    return now == null || !now.session().isAlive() ? 0 : now.since().size();
  }

  /**
   * How many addresses of pods have none, because their interface cannot be told or pins cannot be
   * written.
   */
  public int unpinned() {
    return Math.max(0, addresses - pinned());
  }

  /** How many packets were dropped that came with a pod's address from elsewhere. */
  public long dropped() {
    return dropped.get();
  }

  /** Removes all of it. */
  @Override
  public void remove() {
    close();
  }

  /** As {@link #remove()}; for good. A look that is under way fails. */
  @Override
  public void close() {
    // Without the lock, which a look may hold that waits for nft.
    closed = true;
    NftSession last = running;
    if (last != null) {
      last.close();
    }
  }
}
