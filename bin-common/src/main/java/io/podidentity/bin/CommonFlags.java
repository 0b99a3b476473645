package io.podidentity.bin;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The flags of AAD Pod Identity v1 that both programs have; for {@link FlagGroup}. */
public final class CommonFlags {
  @Flag(
      names = "--forceNamespaced",
      description =
          "Whether pods get identities of their own namespace only. Also FORCENAMESPACED=true.")
  private boolean forceNamespaced;

  @Flag(names = "--http-probe-port", description = "Port of /healthz and /readyz.")
  private int probePort = 8080;

  @Flag(names = "--prometheus-port", description = "Port of /metrics.")
  private int prometheusPort;

  @WithoutEffect
  @Flag(names = "--enableProfile", description = "No effect: there is no profiler on any port.")
  boolean enableProfile;

  @Flag(names = "--log-format", description = "text or json.")
  private LogFormat logFormat = LogFormat.TEXT;

  @Flag(
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
