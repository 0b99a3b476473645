package io.podidentity.api.token;

import static java.util.Objects.requireNonNull;

import io.podidentity.api.model.AccessToken;
import io.podidentity.api.model.TokenQuery;
import io.podidentity.api.spi.TokenSource;
import java.util.List;

/**
 * Sends each query to the service that issues such tokens, by {@link TokenQuery#service()}. As
 * thread-safe as the sources it is given.
 *
 * @param imds for managed identities (type 0), for the node's own, and for what cannot be used
 * @param entra for service principals (types 1 and 2)
 */
public record TokenServices(TokenSource imds, TokenSource entra) implements TokenSource {
  /** Refuses null. */
  public TokenServices {
    requireNonNull(imds, "imds");
    requireNonNull(entra, "entra");
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query) {
    return of(query).fetch(query);
  }

  @Override
  public List<AccessToken> fetch(TokenQuery query, Budget budget) {
    return of(query).fetch(query, budget);
  }

  @Override
  public String fingerprint(TokenQuery query) {
    return of(query).fingerprint(query);
  }

  @Override
  public Issued issue(TokenQuery query, Budget budget) {
    return of(query).issue(query, budget);
  }

  private TokenSource of(TokenQuery query) {
    return switch (query.service()) {
      case IMDS -> imds;
      case ENTRA -> entra;
    };
  }
}
