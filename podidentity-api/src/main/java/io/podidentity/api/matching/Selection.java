package io.podidentity.api.matching;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AzureIdentity;

/** What came of choosing an identity for a request. */
public sealed interface Selection {
  /** The one identity that this request may have. */
  record Chosen(AzureIdentity identity) implements Selection {}

  /**
   * None now, but one may be assigned soon: the request should wait.
   *
   * @param recorded whether a record for it exists already, so that only Azure is waited for
   * @param refusal what to answer if the wait ends without one
   */
  record NotYet(boolean recorded, PodIdentityException refusal) implements Selection {}

  /** None, and waiting will not help. */
  record Refused(PodIdentityException refusal) implements Selection {}
}
