package io.podidentity.e2e;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The security context that the chart gives a program's container.
 *
 * @param user its {@code runAsUser}
 * @param capabilities what it keeps, as in {@code NET_ADMIN}
 * @param readOnlyRoot whether its root file system is read-only
 * @param noNewPrivileges whether {@code allowPrivilegeEscalation} is off
 */
record ChartSecurity(
    long user, Set<String> capabilities, boolean readOnlyRoot, boolean noNewPrivileges) {

  /** Numbers of capabilities(7), as of Linux 5.9. */
  private static final List<String> NUMBERED =
      List.of(
          ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP"
                  + " LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK"
                  + " IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN"
                  + " SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE"
                  + " AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND"
                  + " AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE")
              .split(" ", -1));

  private static final String GOLDENS = "tests/chart/src/test/resources/goldens/";

  /** NMI's, by the chart's defaults. */
  static ChartSecurity nmi() {
    return of("default.yaml", "DaemonSet");
  }

  /** NMI's, with {@code nmi.iptablesBackend: nft}. */
  static ChartSecurity nmiOfNft() {
    return of("new-values.yaml", "DaemonSet");
  }

  /** MIC's, by the chart's defaults: as root, to read the node's {@code azure.json}. */
  static ChartSecurity mic() {
    return of("default.yaml", "Deployment");
  }

  /** MIC's, where a Secret has its Azure settings. */
  static ChartSecurity micWithSecret() {
    return of("adminsecret.yaml", "Deployment");
  }

  private static ChartSecurity of(String golden, String kind) {
    JsonNode context = null;
    for (String document : ProjectFiles.text(GOLDENS + golden).split("(?m)^---$", -1)) {
      JsonNode object = new YAMLMapper().readTree(document);
      if (object.path("kind").asString("").equals(kind)) {
        context = only(object.at("/spec/template/spec/containers")).path("securityContext");
      }
    }
    return of(golden, context);
  }

  private static ChartSecurity of(String golden, @Nullable JsonNode context) {
    if (context == null || !context.at("/capabilities/drop/0").asString("").equals("ALL")) {
      throw new IllegalStateException(golden + " has no container that drops all capabilities");
    }
    Set<String> kept = new HashSet<>();
    context.at("/capabilities/add").forEach(name -> kept.add(name.asString()));
    return new ChartSecurity(
        context.path("runAsUser").asLong(),
        kept,
        context.path("readOnlyRootFilesystem").asBoolean(),
        !context.path("allowPrivilegeEscalation").asBoolean());
  }

  private static JsonNode only(JsonNode array) {
    if (array.size() != 1) {
      throw new IllegalStateException("not one container: " + array);
    }
    return array.get(0);
  }

  /** The same without a capability. */
  ChartSecurity without(String capability) {
    Set<String> fewer = new HashSet<>(capabilities);
    if (!fewer.remove(capability)) {
      throw new IllegalArgumentException("the chart gives no " + capability);
    }
    return new ChartSecurity(user, fewer, readOnlyRoot, noNewPrivileges);
  }

  /** The numbers of all others, as capsh takes them. */
  String droppedCapabilities() {
    if (!NUMBERED.containsAll(capabilities)) {
      throw new IllegalStateException("unknown capability among " + capabilities);
    }
    return IntStream.range(0, NUMBERED.size())
        .filter(number -> !capabilities.contains(NUMBERED.get(number)))
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(","));
  }
}
