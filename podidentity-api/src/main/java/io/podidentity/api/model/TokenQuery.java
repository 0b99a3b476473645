package io.podidentity.api.model;

import java.util.Objects;

/**
 * What a token source is asked for.
 *
 * @param subject whose token
 * @param resource for which resource (audience); not empty
 */
public record TokenQuery(Subject subject, String resource) {
  /** Refuses an empty resource. */
  public TokenQuery {
    Objects.requireNonNull(subject, "subject");
    Checks.notEmpty(resource, "resource");
  }

  /** Who issues such a token. */
  public TokenService service() {
    return subject instanceof Bound bound
            && (bound.identity().credential() instanceof Credential.ClientSecret
                || bound.identity().credential() instanceof Credential.ClientCertificate)
        ? TokenService.ENTRA
        : TokenService.IMDS;
  }

  /** Whose token is asked for. */
  public sealed interface Subject {}

  /**
   * An identity of the cluster. Two objects are two subjects even with the same client ID, and so
   * is an object after a change of its spec: a token got through one is never given out for
   * another.
   */
  public record Bound(AzureIdentity identity) implements Subject {
    /** Refuses null. */
    public Bound {
      Objects.requireNonNull(identity, "identity");
    }
  }

  /** The node's own identity, for exempt pods; the choice goes to IMDS as it is. */
  public record OfNode(IdentityChoice choice) implements Subject {
    /** Refuses null. */
    public OfNode {
      Objects.requireNonNull(choice, "choice");
    }
  }
}
