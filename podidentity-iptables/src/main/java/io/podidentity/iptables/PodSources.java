package io.podidentity.iptables;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node knows of its pods' interfaces at one moment: from its routes, and for bridges from
 * the results that the network plugins left. Nothing is learned from packets, which may be another
 * pod's. Immutable.
 */
final class PodSources {
  private static final Logger log = LoggerFactory.getLogger(PodSources.class);

  /** A route that needs no gateway. */
  private static final Pattern ROUTE = Pattern.compile("^([\\d./]+) dev (\\S+) (?!.*\\bvia ).*");

  private static final Pattern LINK =
      Pattern.compile("^\\d+: ([^:@\\s]+)[@:].*?(?: master (\\S+) )");

  /** An interface of a result that is not the node's. */
  private static final Pattern IN_SANDBOX =
      Pattern.compile("\\{[^{}]*\"sandbox\"\\s*:\\s*\"[^\"{}]+\"[^{}]*}");

  private static final Pattern HARDWARE_ADDRESS =
      Pattern.compile("\"mac\"\\s*:\\s*\"((?:[\\da-fA-F]{2}:){5}[\\da-fA-F]{2})\"");

  private static final Pattern NAME = Pattern.compile("^\\d+: ([^:@\\s]+)[@:]");

  /** Bridges and their ports. */
  private final Map<String, Set<String>> ports = new HashMap<>();

  private final Map<String, String> hosts = new HashMap<>();
  private final Map<Cidr, String> networks = new HashMap<>();
  private final List<String> results;

  private record Cidr(long base, int bits) {
    boolean contains(long address) {
      return bits == 0 || address >> (32 - bits) == base >> (32 - bits);
    }
  }

  private PodSources(NodeTool ip, List<String> results) {
    this.results = results;
    for (String line : ip.lines("-o", "link", "show", "type", "bridge")) {
      Matcher name = NAME.matcher(line);
      if (name.find()) {
        ports.put(name.group(1), new HashSet<>());
      }
    }
    for (String line : ip.lines("-o", "link", "show")) {
      Matcher link = LINK.matcher(line);
      if (link.find() && ports.containsKey(link.group(2))) {
        ports.get(link.group(2)).add(link.group(1));
      }
    }
    for (String line : ip.lines("-4", "route", "show", "table", "main")) {
      Matcher route = ROUTE.matcher(line + " ");
      if (!route.find()) {
        continue;
      }
      String[] parts = route.group(1).split("/", 2);
      if (parts.length == 1 || parts[1].equals("32")) {
        hosts.put(parts[0], route.group(2));
      } else {
        networks.put(new Cidr(number(parts[0]), Integer.parseInt(parts[1])), route.group(2));
      }
    }
  }

  /**
   * Looks.
   *
   * @param results the folder of the network plugins' results; may be missing
   */
  static PodSources read(NodePrograms programs, Path results) {
    return new PodSources(programs.tool("ip"), read(results));
  }

  /**
   * The place that an address belongs to; empty if it cannot be told.
   *
   * @param uid of the pod that has the address
   */
  Optional<PodSource> of(String address, String uid) {
    String host = hosts.get(address);
    // A route for many says something about one only where it leads to a bridge with known ports.
    String device = host == null ? networkOf(address) : host;
    Set<String> bridgePorts = ports.get(device);
    if (bridgePorts != null) {
      return behind(device, bridgePorts, address, uid);
    }
    return host == null ? Optional.empty() : Optional.of(PodSource.routed(device));
  }

  /** All ports of the bridges that those places are on. */
  Set<String> portsOf(Collection<PodSource> places) {
    Set<String> all = new TreeSet<>();
    places.forEach(place -> all.addAll(ports.getOrDefault(place.device(), Set.of())));
    return all;
  }

  private String networkOf(String address) {
    long number = number(address);
    return networks.entrySet().stream()
        .filter(network -> network.getKey().contains(number))
        .max(java.util.Comparator.comparingInt(network -> network.getKey().bits()))
        .map(Map.Entry::getValue)
        .orElse("");
  }

  /**
   * The one port that is named by results for that pod and that address. The UID is in them as the
   * argument K8S_POD_UID, which the container runtime gives.
   */
  private Optional<PodSource> behind(
      String bridge, Set<String> candidates, String address, String uid) {
    List<PodSource> found = new ArrayList<>();
    for (String result : results) {
      if (result.contains("\"" + uid + "\"") && result.contains("\"" + address + "/")) {
        candidates.stream()
            .filter(port -> result.contains("\"" + port + "\""))
            .forEach(port -> found.add(new PodSource(bridge, port, hardwareAddress(result))));
      }
    }
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /** That of the one interface in a sandbox; empty if it is not told. */
  private static String hardwareAddress(String result) {
    List<String> found =
        IN_SANDBOX
            .matcher(result)
            .results()
            .map(end -> HARDWARE_ADDRESS.matcher(end.group()))
            .filter(Matcher::find)
            .map(address -> address.group(1).toLowerCase(Locale.ROOT))
            .toList();
    return found.size() == 1 ? found.get(0) : "";
  }

  private static List<String> read(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        texts.add(Files.readString(file));
      }
    } catch (IOException | UncheckedIOException e) {
      // One that is removed meanwhile is looked for again next time.
      log.debug("network plugins' results cannot be read", e);
    }
    return texts;
  }

  private static long number(String dotted) {
    long number = 0;
    for (String part : dotted.split("\\.", -1)) {
      number = (number << 8) | Integer.parseInt(part);
    }
    return number;
  }
}
