package io.podidentity.iptables;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second layer of the lockdown: packets to the metadata service that would be forwarded are
 * rejected. In a table of our own in nftables, which {@code iptables -F} does not reach and in
 * which no rule of others can come before; where nft does not work, at the head of iptables'
 * FORWARD. Thread-safe.
 */
final class ForwardReject implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(ForwardReject.class);

  /** Of the nft table, or of the chain of iptables. */
  static final String NAME = "podidentity-lockdown";

  private static final String NFT_BODY =
      """
      \tchain forward {
      \t\ttype filter hook forward priority -10; policy accept;
      \t\tip daddr %1$s ip protocol tcp reject with tcp reset
      \t\tip daddr %1$s reject with icmp type admin-prohibited
      \t}
      """;

  private final NftTable table;
  private final OwnChain chain;
  private final BackendChoice backend;
  private final FirstPlace place = new FirstPlace(Duration.ofSeconds(60), System::nanoTime);
  private final Object lock = new Object();
  private @Nullable Boolean byNft;

  ForwardReject(String metadataAddress, NodePrograms programs, BackendChoice backend) {
    this.table = new NftTable("ip", NAME, NFT_BODY.formatted(metadataAddress), programs);
    this.chain =
        new OwnChain(
            "filter",
            "FORWARD",
            NAME,
            List.of(
                "-d %s/32 -p tcp -j REJECT --reject-with tcp-reset".formatted(metadataAddress),
                "-d %s/32 -j REJECT --reject-with icmp-admin-prohibited"
                    .formatted(metadataAddress)),
            new Traffic(metadataAddress, 0));
    this.backend = backend;
  }

  @Override
  public String name() {
    return "lockdown of forwarding";
  }

  @Override
  public String text() {
    synchronized (lock) {
      return byNft() ? table.text() : byIptables(backend.current()).text();
    }
  }

  @Override
  public void check() {
    synchronized (lock) {
      if (byNft()) {
        table.check();
      } else {
        byIptables(backend.current()).check();
      }
    }
  }

  @Override
  public boolean ensure() {
    synchronized (lock) {
      return byNft() ? table.ensure() : byIptables(backend.current()).ensure();
    }
  }

  @Override
  public void remove() {
    synchronized (lock) {
      if (table.works()) {
        table.remove();
      }
      backend.withTable(chain.table()).forEach(commands -> byIptables(commands).remove());
    }
  }

  private IptablesChain byIptables(IptablesCommands commands) {
    return new IptablesChain(chain, commands, place);
  }

  /** Decided once, so that the rules do not wander. */
  private boolean byNft() {
    if (byNft == null) {
      byNft = table.works();
      if (!byNft) {
        log.info("nft does not work, so iptables' FORWARD is used set=\"{}\"", name());
      }
    }
    return byNft;
  }
}
