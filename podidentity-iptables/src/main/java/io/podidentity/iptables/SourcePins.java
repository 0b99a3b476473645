package io.podidentity.iptables;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.Pod;
import io.podidentity.api.spi.Subscription;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  /** The pods of this node, as far as they are known. */
  public interface Pods {
    /** All of them now. */
    List<Pod> all();

    /** Calls back, on any thread, after each change of one of them. */
    Subscription onAnyChange(Runnable wake);
  }

  private final Pods pods;
  private final NodePrograms programs;
  private final Path results;
  private final boolean enforced;
  private final PinTables tables;

  private final Object lock = new Object();
  private @Nullable NftSession session;
  private Map<String, PodSource> pins = Map.of();

  /** The UIDs of the pods that the pins are for. */
  private Map<String, String> owners = Map.of();

  private Map<String, Long> counted = new HashMap<>();
  private boolean failing;
  private volatile int pinned;
  private volatile int unpinned;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * Pins that are not written yet.
   *
   * @param pods asked on each look
   * @param results the folder of the network plugins' results, for bridges
   * @param metadataAddress the metadata service's IPv4 address in dotted form
   * @param port NMI's
   * @param enforced whether an address without a pin is refused, instead of left to NMI
   */
  public SourcePins(
      Pods pods,
      NodePrograms programs,
      Path results,
      String metadataAddress,
      int port,
      boolean enforced) {
    RedirectRules.checkAddress(metadataAddress, "metadataAddress");
    this.pods = pods;
    this.programs = programs;
    this.results = results;
    this.enforced = enforced;
    byte[] random = new byte[4];
    // Two NMIs may be there at once, each in a PID namespace of its own.
    new SecureRandom().nextBytes(random);
    this.tables =
        new PinTables(
            "podidentity-pins-" + HexFormat.of().formatHex(random),
            metadataAddress,
            port,
            enforced);
  }

  @Override
  public String name() {
    return "source pins";
  }

  @Override
  public String text() {
    return "# nft -i\n" + tables.creation() + "\n";
  }

  /**
   * Brings the pins up to date.
   *
   * @return false: nobody else can change them
   * @throws PodIdentityException with {@code REDIRECT_FAILED} if that failed and it is enforced;
   *     otherwise a failure is logged, and NMI decides by the address alone
   */
  @Override
  public boolean ensure() {
    synchronized (lock) {
      try {
        update();
        failing = false;
      } catch (PodIdentityException e) {
        if (enforced) {
          throw e;
        }
        pinned = 0;
        if (!failing) {
          log.warn(
              "no source pins: pods are known by their address alone error={}", e.getMessage());
        }
        failing = true;
      }
      return false;
    }
  }

  @Override
  public News listen(Runnable onChange) {
    Subscription changes = pods.onAnyChange(onChange);
    return new News() {
      @Override
      public boolean isComplete() {
        return true;
      }

      @Override
      public void close() {
        changes.close();
      }
    };
  }

  private void update() {
    PodSources sources = PodSources.read(programs, results);
    Map<String, PodSource> wanted = new TreeMap<>();
    Map<String, String> wantedOwners = new HashMap<>();
    Set<String> without = new TreeSet<>();
    for (Pod pod : pods.all()) {
      if (!pod.ownsItsAddress()) {
        continue;
      }
      pod.addresses().stream()
          .filter(Inet4Address.class::isInstance)
          .map(address -> address.getHostAddress())
          .forEach(
              address -> {
                // Another pod's pin is not inherited.
                PodSource kept = pod.uid().equals(owners.get(address)) ? pins.get(address) : null;
                PodSource source = sources.of(address, pod.uid()).orElse(kept);
                if (source == null) {
                  without.add(address);
                } else {
                  wanted.put(address, source);
                  wantedOwners.put(address, pod.uid());
                }
              });
    }
    NftSession nft = session();
    String change = tables.update(pins, wanted);
    if (!change.isEmpty()) {
      nft.run(change);
      pins = Map.copyOf(wanted);
    }
    owners = wantedOwners;
    pinned = wanted.size();
    if (unpinned != without.size() && !without.isEmpty()) {
      log.warn("no source pin for {} addresses: {}", without.size(), without);
    }
    unpinned = without.size();
    List<String> counters = new ArrayList<>();
    tables.listings().forEach(listing -> counters.addAll(nft.run(listing)));
    count(PinTables.dropped(counters));
  }

  private NftSession session() {
    NftSession running = session;
    if (running == null || !running.isAlive()) {
      running = openWithTables();
      pins = Map.of();
      counted.clear();
      session = running;
    }
    return running;
  }

  /** One that has no tables is not kept: the next look would take it for one that has. */
  private NftSession openWithTables() {
    NftSession opened = NftSession.open(programs);
    try {
      opened.run(tables.creation());
    } catch (PodIdentityException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void count(Map<String, Long> now) {
    now.forEach(
        (address, packets) -> {
          long more = packets - counted.getOrDefault(address, 0L);
          if (more > 0) {
            dropped.addAndGet(more);
            log.warn("spoofed packets dropped address={} packets={}", address, more);
          }
        });
    counted = new HashMap<>(now);
  }

  /** How many addresses have a pin. */
  public int pinned() {
    return pinned;
  }

  /** How many addresses of pods have none, because their interface cannot be told. */
  public int unpinned() {
    return unpinned;
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

  /** As {@link #remove()}. */
  @Override
  public void close() {
    synchronized (lock) {
      if (session != null) {
        session.close();
        session = null;
      }
      pins = Map.of();
      counted.clear();
    }
  }
}
