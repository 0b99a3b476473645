package io.podidentity.e2e;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.podidentity.harness.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as {@code tests/images/build.sh} unpacks it, and containers of it as Kubernetes would
 * make them: with its root file system, its start command and its environment, and with the user
 * and the capabilities that the chart gives. Their namespaces are those that the command is put
 * into, and there is no seccomp filter.
 *
 * @param rootfs its files
 * @param config what the image says of containers, as OCI's specification has it
 */
record PodImage(Path rootfs, JsonNode config) {

  private static final String PROGRAMS = "podidentity.programs";
  private static final String PREFIX = "org.opencontainers.image.";

  /** A file or folder outside, and where it is inside. */
  record Mount(Path source, String target) {
    /** At the same place inside. */
    static Mount of(Path file) {
      return new Mount(file, file.toString());
    }
  }

  /**
   * What a container runtime does before it starts the program. Where things are mounted is made in
   * a layer of the container's own. What belongs to another user than root is a copy, as the files
   * of a Secret are.
   */
  private static final String RUNTIME =
      """
      rootfs=$1 readonly=$2 user=$3
      shift 3
      mount -t tmpfs tmpfs /mnt
      mkdir /mnt/upper /mnt/work /mnt/root /mnt/volumes
      mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
      cd /mnt/root
      mount --rbind /proc proc
      mount --bind /proc/sys proc/sys
      mount -o remount,bind,ro proc/sys
      mount --rbind /sys sys
      mount -t tmpfs -o mode=755 tmpfs dev
      for device in null zero full random urandom; do
        touch "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
      done
      mount -t tmpfs -o mode=1777 tmpfs tmp
      number=0
      while [ "$1" != -- ]; do
        source=$1 target=${2#/}
        shift 2
        if [ "$user" != 0 ]; then
          number=$((number + 1))
          cp -r "$source" "/mnt/volumes/$number"
          source=/mnt/volumes/$number
          chown -R "$user" "$source"
        fi
        if [ -d "$source" ]; then mkdir -p "$target"; else mkdir -p "${target%/*}"; touch "$target"; fi
        mount --bind "$source" "$target"
      done
      shift
      [ "$readonly" = false ] || mount -o remount,ro /mnt/root
      exec "$@"
      """;

  /** Whether this run's programs are those of images. */
  static boolean inUse() {
    return "images".equals(System.getProperty(PROGRAMS));
  }

  static PodImage of(String program) {
    Path folder = ProjectFiles.image(program);
    try {
      return new PodImage(
          folder.resolve("rootfs"),
          JsonMapper.shared()
              .readTree(Files.readString(folder.resolve("image.json")))
              .at("/OCIv1/config"));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
  }

  /** The user and group of a container that is not told another, such as {@code 65532:65532}. */
  String user() {
    return config.path("User").asString();
  }

  /** A label of OCI's, such as {@code version}. */
  String label(String name) {
    return config.path("Labels").path(PREFIX + name).asString("");
  }

  /**
   * The names of all components in a bill of materials.
   *
   * @param bill {@code system} or the program's name
   */
  List<String> components(String bill) {
    return ofComponents(bill, "name");
  }

  /** The names of all system packages, as {@code pkg:deb/debian/libc6@2.41-12?arch=amd64&…}. */
  List<String> packageUrls() {
    return ofComponents("system", "purl");
  }

  private List<String> ofComponents(String bill, String member) {
    Path file = rootfs.resolve("usr/share/sbom/" + bill + ".cdx.json");
    try {
      JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
      return root.path("components")
          .valueStream()
          .map(component -> component.path(member).asString())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** The size of all files, in bytes, each counted once. */
  long size() {
    try (Stream<Path> files = Files.walk(rootfs)) {
      long size = 0;
      for (Path file : files.filter(each -> Files.isRegularFile(each, NOFOLLOW_LINKS)).toList()) {
        size += Files.size(file);
      }
      return size;
    } catch (IOException e) {
      throw new UncheckedIOException("looking at " + rootfs, e);
    }
  }

  /**
   * A container's program, for a namespace of the network.
   *
   * @param security its security context
   * @param arguments as in the pod's {@code args}
   * @param environment as in the pod's {@code env}
   */
  Command container(
      ChartSecurity security,
      List<String> arguments,
      Map<String, String> environment,
      List<Mount> mounts) {
    List<String> command = new ArrayList<>();
    config.path("Entrypoint").forEach(word -> command.add(word.asString()));
    command.addAll(arguments);
    return run(security, command, environment, mounts);
  }

  /** As {@link #container}, but with another program of the image: what {@code command} says. */
  Command run(
      ChartSecurity security,
      List<String> command,
      Map<String, String> environment,
      List<Mount> mounts) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-ec",
                RUNTIME,
                "sh",
                rootfs.toString(),
                Boolean.toString(security.readOnlyRoot()),
                Long.toString(security.user())));
    for (Mount mount : mounts) {
      words.add(mount.source().toString());
      words.add(mount.target());
    }
    words.addAll(List.of("--", "env", "-i"));
    environment(environment).forEach((name, value) -> words.add(name + "=" + value));
    words.addAll(
        List.of(
            "capsh",
            "--chroot=/mnt/root",
            "--drop=" + security.droppedCapabilities(),
            "--gid=" + security.user(),
            "--groups=" + security.user(),
            "--uid=" + security.user()));
    if (security.noNewPrivileges()) {
      words.add("--no-new-privs");
    }
    words.add("--shell=" + command.get(0));
    words.add("--");
    words.addAll(command.subList(1, command.size()));
    return Command.of(words);
  }

  private Map<String, String> environment(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>();
    for (JsonNode variable : config.path("Env")) {
      String[] parts = variable.asString().split("=", 2);
      all.put(parts[0], parts[1]);
    }
    all.putAll(more);
    return all;
  }
}
