package io.podidentity.api.assignment;

import java.time.Duration;
import java.util.Objects;

/**
 * How plans are carried out.
 *
 * @param batchSize how many records of one target are written at a time ({@code
 *     createDeleteBatch}); at least 1; default 20
 * @param identitiesPerTarget how many user-assigned identities a machine or scale set may have;
 *     what would exceed that is refused without asking Azure; at least 1; default 200, since Azure
 *     names no number and users of AAD Pod Identity v1 met limits of 150 and 200
 * @param quarantine how long an identity that Azure refused, or whose client ID is wrong, is left
 *     alone after failures in a row
 */
public record ApplierOptions(int batchSize, int identitiesPerTarget, RetryPolicy quarantine) {
  /** 20 records, 200 identities, 10 s doubling to 10 min, and up to a fifth more. */
  public static final ApplierOptions DEFAULT =
      new ApplierOptions(
          20, 200, new RetryPolicy(Duration.ofSeconds(10), Duration.ofMinutes(10), 0.2));

  /** Refuses a number below 1. */
  public ApplierOptions {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1");
    }
    if (identitiesPerTarget < 1) {
      throw new IllegalArgumentException("identitiesPerTarget must be at least 1");
    }
    Objects.requireNonNull(quarantine, "quarantine");
  }

  /** The same with another batch size. */
  ApplierOptions withBatchSize(int size) {
    return new ApplierOptions(size, identitiesPerTarget, quarantine);
  }
}
