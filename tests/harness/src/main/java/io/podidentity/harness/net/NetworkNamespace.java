package io.podidentity.harness.net;

import io.podidentity.harness.Cleanup;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A named network namespace of this JVM, with nothing in it but {@code lo}, which is up. Closing it
 * kills what still runs inside and removes it; so does the end of the JVM, and what a killed JVM
 * left behind goes when the next one makes its first namespace. Needs root and {@code ip}. The
 * namespace has no way to the network of the machine. Thread-safe.
 */
public final class NetworkNamespace implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name;
  private final Cleanup cleanup;

  private NetworkNamespace(String name) {
    this.name = name;
    this.cleanup = Cleanup.atExit(this::remove);
  }

  /**
   * Makes a namespace.
   *
   * @param label the end of its name, for people: letters, digits and hyphens
   * @throws io.podidentity.harness.HarnessException if the machine does not allow it
   */
  public static NetworkNamespace create(String label) {
    StaleNamespaces.sweepOnce();
    String name = NamespaceOwner.self().prefix() + NUMBER.incrementAndGet() + "-" + label;
    Command.of("ip", "netns", "add", name).output();
    NetworkNamespace namespace = new NetworkNamespace(name);
    namespace.ip("link set lo up");
    return namespace;
  }

  /** Its name, as {@code ip netns} shows it. */
  public String name() {
    return name;
  }

  /** A command that will run inside. */
  public Command command(String... words) {
    return inside(Command.of(words));
  }

  /** The same command, inside. */
  public Command inside(Command command) {
    return command.withPrefix(List.of("ip", "netns", "exec", name));
  }

  /**
   * Runs a command inside and gives its standard output.
   *
   * @throws io.podidentity.harness.process.CommandFailedException with its standard error, if its
   *     exit code is not 0
   */
  public String exec(String... words) {
    return command(words).output();
  }

  /**
   * Starts a program inside.
   *
   * @param label names its log file
   */
  public ManagedProcess start(String label, String... words) {
    return command(words).start(label);
  }

  /**
   * Runs commands of {@code ip} for this namespace, in order, up to the first that fails.
   *
   * @param lines each a command without {@code ip} itself, such as {@code link set eth0 up}
   * @throws io.podidentity.harness.process.CommandFailedException with what {@code ip} said
   */
  public void ip(String... lines) {
    Command.of("ip", "-n", name, "-batch", "-").withInput(String.join("\n", lines) + "\n").output();
  }

  /**
   * Sets kernel parameters of this namespace.
   *
   * @param settings each {@code key=value} with {@code net/ipv4/ip_forward} as form of the key,
   *     because device names may hold dots
   */
  public void sysctl(String... settings) {
    List<String> words = new ArrayList<>(List.of("sh", "-ec", SYSCTL_SCRIPT, "sh"));
    words.addAll(List.of(settings));
    inside(Command.of(words)).output();
  }

  private static final String SYSCTL_SCRIPT =
      "for setting; do echo \"${setting#*=}\" >\"/proc/sys/${setting%%=*}\"; done";

  /** The hardware address of a device, in lower case with colons. */
  public String hardwareAddress(String device) {
    // Which "ip netns exec" mounts anew.
    return exec("cat", "/sys/class/net/" + device + "/address").strip();
  }

  /** One end of a cable to be plugged in here; see {@link Cable}. */
  public CableEnd device(String device) {
    return new CableEnd(this, device);
  }

  /** Kills what runs inside, and removes it with its devices and their other ends. */
  @Override
  public void close() {
    cleanup.run();
  }

  private void remove() {
    StaleNamespaces.remove(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
