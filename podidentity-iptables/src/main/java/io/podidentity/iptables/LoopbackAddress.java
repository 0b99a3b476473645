package io.podidentity.iptables;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link-local address on {@code lo} to which pods' requests are redirected, for nodes whose kernel
 * delivers nothing from outside to 127.0.0.1 ({@code route_localnet} is off). Ours is known by its
 * label. Thread-safe.
 */
public final class LoopbackAddress implements RuleSet {
  private static final Logger log = LoggerFactory.getLogger(LoopbackAddress.class);

  private static final String LABEL = "lo:podidentity";

  private final @Nullable String wanted;
  private final NodeTool ip;
  private final Object lock = new Object();

  /**
   * That address and no other one of ours.
   *
   * @param address an IPv4 address in dotted form; null for none
   */
  public LoopbackAddress(@Nullable String address, NodePrograms programs) {
    if (address != null) {
      RedirectRules.checkAddress(address, "address");
    }
    this.wanted = address == null ? null : address + "/32";
    this.ip = programs.tool("ip");
  }

  @Override
  public String name() {
    return "redirect target";
  }

  @Override
  public String text() {
    return wanted == null ? "" : "# ip -4 -batch -\n" + batch(List.of(), wanted);
  }

  /** Reads: ip has no way to try. */
  @Override
  public void check() {
    var unused = own();
  }

  @Override
  public boolean ensure() {
    return settle(wanted, "written");
  }

  @Override
  public void remove() {
    settle(null, "removed");
  }

  private boolean settle(@Nullable String target, String verb) {
    synchronized (lock) {
      List<String> found = own();
      String batch = batch(found, target);
      if (batch.isEmpty()) {
        return false;
      }
      ip.run(List.of("-4", "-batch", "-"), batch, line -> {});
      if (!batch(own(), target).isEmpty()) {
        throw new PodIdentityException(
            ErrorReason.REDIRECT_FAILED,
            "the address labelled " + LABEL + " on lo is changed as soon as it is written");
      }
      log.info("rules {} set=\"{}\" address={}", verb, name(), target);
      return true;
    }
  }

  private static String batch(List<String> found, @Nullable String target) {
    StringBuilder lines = new StringBuilder();
    if (target != null && !found.contains(target)) {
      // Of the scope host, so that the kernel never chooses it for packets that leave the node.
      lines.append("address add %s dev lo scope host label %s\n".formatted(target, LABEL));
    }
    for (String address : found) {
      if (!address.equals(target)) {
        lines.append("address del %s dev lo\n".formatted(address));
      }
    }
    return lines.toString();
  }

  /** Ours, each with its prefix's length. */
  private List<String> own() {
    List<String> addresses = new ArrayList<>();
    for (String line : ip.lines("-4", "-o", "address", "show", "dev", "lo")) {
      List<String> words = List.of(line.replace('\\', ' ').strip().split("\\s+", -1));
      int inet = words.indexOf("inet");
      if (inet >= 0 && words.contains(LABEL)) {
        addresses.add(words.get(inet + 1));
      }
    }
    return addresses;
  }
}
