package io.podidentity.api.federation;

import java.util.Locale;
import java.util.Objects;

/**
 * Something that whoever moves has to decide or to know.
 *
 * @param code which of the known things it is
 * @param text what it is here, for people; a sentence without a full stop
 */
public record FederationFinding(Code code, String text) {
  /** Refuses null. */
  public FederationFinding {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(text, "text");
  }

  /** What there may be to know; {@code docs/mic-commands.md} explains each. */
  public enum Code {
    /** Pods name a service account that there is not. */
    NO_SUCH_ACCOUNT,
    /** Pods run under their namespace's default account, as may any other pod there. */
    DEFAULT_ACCOUNT,
    /** Pods that have no identity today run under the account, and could get its tokens. */
    OTHERS_GAIN_IDENTITY,
    /** Pods of one account have different identities today, and each could get all of them. */
    PODS_GAIN_IDENTITY,
    /** The account's pods have several identities; its annotation holds one. */
    SEVERAL_IDENTITIES,
    /** The account is annotated with an identity that its pods do not have. */
    OTHER_ANNOTATION,
    /** The identity would need more federated credentials than it may have. */
    TOO_MANY_CREDENTIALS,
    /** The identity is an application with tokens of further tenants. */
    FURTHER_TENANTS,
    /** The identity has an Entra endpoint of its own. */
    OTHER_ENDPOINT,
    /** Two objects give one identity different client IDs. */
    OTHER_CLIENT_ID,
    /** The client ID begins with {@code @}, by which {@code az} reads a file. */
    NAMES_A_FILE;

    /** As it is in JSON and documents, for example {@code no-such-account}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
