package io.podidentity.bin;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of AAD Pod Identity v1 that both programs have; for picocli's {@code @Mixin}. */
public final class CommonFlags {
  @Option(
      names = "--forceNamespaced",
      description =
          "Whether pods get identities of their own namespace only. Also FORCENAMESPACED=true.")
  private boolean forceNamespaced;

  @Option(names = "--http-probe-port", description = "Port of /healthz and /readyz.")
  private int probePort = 8080;

  @Option(names = "--prometheus-port", description = "Port of /metrics.")
  private int prometheusPort;

  @WithoutEffect
  @Option(names = "--enableProfile", description = "No effect: there is no profiler on any port.")
  boolean enableProfile;

  @Option(names = "--log-format", description = "text or json.")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--custom-user-agent",
      description = "Added to the user agent of calls to Azure and Kubernetes.")
  private String customUserAgent = "";

  /**
   * Flags with their defaults.
   *
   * @param prometheusPort the program's own default of that one
   */
  public CommonFlags(int prometheusPort) {
    this.prometheusPort = prometheusPort;
  }

  /**
   * Whether pods get identities of their own namespace only.
   *
   * @param environment a variable's value, or null
   */
  public boolean forceNamespaced(UnaryOperator<@Nullable String> environment) {
    // Exactly so, as in v1: "True" is not.
    return forceNamespaced || "true".equals(environment.apply("FORCENAMESPACED"));
  }

  /** The port of the probes; 0 for any free one; not checked yet. */
  public int probePort() {
    return probePort;
  }

  /** The port of the metrics; 0 for any free one; not checked yet. */
  public int prometheusPort() {
    return prometheusPort;
  }

  /** Takes any free ports, whatever was given. */
  public void anyPorts() {
    probePort = 0;
    prometheusPort = 0;
  }

  /** How to log. */
  public LogFormat logFormat() {
    return logFormat;
  }

  /** What to add to the user agent; may be empty. */
  public String customUserAgent() {
    return customUserAgent;
  }
}
