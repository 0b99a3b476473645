package io.podidentity.testkit.azure;

/**
 * How much Resource Manager and Compute serve; they answer 429 beyond that. Each limit is a bucket
 * that refills steadily.
 *
 * @param resourceWrites PATCHes of one virtual machine or scale set
 * @param resourceReads GETs of one
 * @param computeWrites PATCHes of all of one kind in a subscription
 * @param computeReads GETs of all of one kind in a subscription
 * @param principalWrites PATCHes of one caller in a subscription
 * @param principalReads GETs of one caller in a subscription, polling included
 */
public record ArmLimits(
    Bucket resourceWrites,
    Bucket resourceReads,
    Bucket computeWrites,
    Bucket computeReads,
    Bucket principalWrites,
    Bucket principalReads) {
  /**
   * The limits that are documented. Those of scale sets are taken for virtual machines too.
   *
   * <p>Source: https://learn.microsoft.com/azure/virtual-machines/compute-throttling-limits (a
   * resource: updates 12 and 4 a minute, reads 36 and 12 a minute; a subscription: 1,500 and 500,
   * 2,400 and 800) and
   * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
   * (a caller in a subscription: writes 200 and 10 a second, reads 250 and 25 a second).
   */
  public static final ArmLimits DOCUMENTED =
      new ArmLimits(
          Bucket.perMinute(12, 4),
          Bucket.perMinute(36, 12),
          Bucket.perMinute(1500, 500),
          Bucket.perMinute(2400, 800),
          new Bucket(200, 10),
          new Bucket(250, 25));

  /**
   * One limit.
   *
   * @param size how many requests at once, at least 1
   * @param perSecond how many more each second; positive
   */
  public record Bucket(int size, double perSecond) {
    /** Refuses what would serve nobody. */
    public Bucket {
      if (size < 1 || !(perSecond > 0)) {
        throw new IllegalArgumentException("size must be at least 1, perSecond positive");
      }
    }

    /** One that refills by the minute. */
    public static Bucket perMinute(int size, int perMinute) {
      return new Bucket(size, perMinute / 60.0);
    }
  }
}
