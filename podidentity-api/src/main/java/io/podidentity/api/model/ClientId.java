package io.podidentity.api.model;

/**
 * The client (application) ID of an Azure identity. Equal ignoring case. It does not print itself
 * whole: logs show it as AAD Pod Identity v1's do.
 *
 * @param value the ID as written; not empty
 */
public record ClientId(String value) {
  private static final int SHOWN = 4;

  /** Refuses an empty text. */
  public ClientId {
    Checks.notEmpty(value, "clientID");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientId that && IgnoringCase.equal(value, that.value);
  }

  @Override
  public int hashCode() {
    return IgnoringCase.hash(value);
  }

  /** The first and last four characters, for example {@code 7eb6##### REDACTED #####a6a9}. */
  @Override
  public String toString() {
    // A text of eight characters or fewer would be shown whole.
    if (value.length() <= 2 * SHOWN) {
      return "##### REDACTED #####";
    }
    return value.substring(0, SHOWN)
        + "##### REDACTED #####"
        + value.substring(value.length() - SHOWN);
  }
}
