package io.podidentity.api.model;

/** What a token request waits for, before a token is asked for. */
public enum WaitReason {
  /** No live pod is known that has its address or name. */
  POD("pod"),
  /** The pod's identity is not recorded yet, or not assigned in Azure yet. */
  IDENTITY("identity");

  private final String code;

  WaitReason(String code) {
    this.code = code;
  }

  /** The stable, lower-case name, for metrics and logs. */
  public String code() {
    return code;
  }
}
