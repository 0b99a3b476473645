package io.podidentity.clients;

/**
 * Which identity a token is wanted for.
 *
 * @param kind {@code any}, {@code client-id}, {@code resource-id} or {@code default-credential}
 * @param id the ID; empty if the kind has none
 */
record Wanted(String kind, String id) {

  /** What tokens are for in all of these programs. */
  static final String RESOURCE = "https://management.azure.com";

  /** Reads {@code KIND} or {@code KIND=ID}. */
  static Wanted parse(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0
        ? new Wanted(argument, "")
        : new Wanted(argument.substring(0, equals), argument.substring(equals + 1));
  }

  IllegalArgumentException unknown() {
    return new IllegalArgumentException("not a kind of identity here: " + kind);
  }
}
