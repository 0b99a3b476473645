package io.podidentity.api.model;

/** Who issues a token. */
public enum TokenService {
  /** The node's instance metadata service: managed identities, and the node's own identity. */
  IMDS("imds"),
  /** Entra ID: service principals. */
  ENTRA("entra");

  private final String code;

  TokenService(String code) {
    this.code = code;
  }

  /** The stable, lower-case name, for metrics and logs. */
  public String code() {
    return code;
  }
}
