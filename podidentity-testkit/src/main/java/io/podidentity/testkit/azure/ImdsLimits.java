package io.podidentity.testkit.azure;

/**
 * How much the metadata service serves one virtual machine; it answers 429 beyond that.
 *
 * @param tokensPerSecond requests to the identity endpoints within any second, at least 1
 * @param tokensAtOnce such requests that have no answer yet, at least 1
 * @param othersPerSecond all other requests within any second, at least 1
 */
public record ImdsLimits(int tokensPerSecond, int tokensAtOnce, int othersPerSecond) {
  /**
   * The limits that are documented: 20 a second and 5 at once for managed identities, 5 a second
   * for the rest.
   *
   * <p>Source:
   * https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
   */
  public static final ImdsLimits DOCUMENTED = new ImdsLimits(20, 5, 5);

  /** Refuses what would serve nobody. */
  public ImdsLimits {
    if (tokensPerSecond < 1 || tokensAtOnce < 1 || othersPerSecond < 1) {
      throw new IllegalArgumentException("limits must be at least 1");
    }
  }
}
